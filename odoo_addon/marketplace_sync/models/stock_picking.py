from odoo import api, fields, models

from ..sync import notice
from .marketplace_shown import USERS


class StockPicking(models.Model):
    _name = 'stock.picking'
    _inherit = ['stock.picking', 'marketplace.shown']

    marketplace_shop_id = fields.Many2one(related='sale_id.marketplace_link_id.shop_id', string='Shop', groups=USERS)
    marketplace_shop_ref = fields.Char(
        related='sale_id.marketplace_link_id.shop_ref', string='Reference at the Shop', groups=USERS
    )
    marketplace_last_synced = fields.Datetime(
        related='sale_id.marketplace_link_id.last_synced', string='Last Synced', groups=USERS
    )
    fulfilled_by = fields.Selection(
        related='sale_id.marketplace_link_id.fulfilled_by', string='Fulfilled By', groups=USERS
    )

    def _write_multi(self, vals_list):
        # the state is computed: a hook on the buttons would miss batches, cron and what other modules do
        super()._write_multi(vals_list)
        notice.pickings_written(self, vals_list)

    @api.model_create_multi
    def create(self, vals_list):
        with notice.honouring_skip(self.env):
            return super().create(vals_list)

    def write(self, vals):
        with notice.honouring_skip(self.env):
            return super().write(vals)

    def _marketplace_order_ids(self):
        return {picking._origin.id: picking.sale_id.id for picking in self if picking.sale_id}

    def _marketplace_search(self, orders):
        return [('sale_id', 'in', orders)]

    def _marketplace_unlinked(self):
        return ['|', ('sale_id', '=', False), ('sale_id.marketplace_link_id', '=', False)]
