from odoo import api, models

from ..sync import notice


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        notice.lines_written(self, vals_list)

    @api.model_create_multi
    def create(self, vals_list):
        with notice.honouring_skip(self.env):
            lines = super().create(vals_list)
            notice.lines_touched(lines)
        return lines

    def write(self, vals):
        with notice.honouring_skip(self.env):
            return super().write(vals)

    def unlink(self):
        with notice.honouring_skip(self.env):
            notice.lines_touched(self)
            return super().unlink()
