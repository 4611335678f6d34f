from odoo import api, models

from ..sync import notice


class StockMove(models.Model):
    """A delivery's state and its order follow from its moves: who asks to be skipped is skipped here too."""

    _inherit = 'stock.move'

    @api.model_create_multi
    def create(self, vals_list):
        with notice.honouring_skip(self.env):
            return super().create(vals_list)

    def write(self, vals):
        with notice.honouring_skip(self.env):
            return super().write(vals)
