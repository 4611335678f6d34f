from odoo import fields, models

from ..sync import notice
from .marketplace_shown import USERS


class SaleOrder(models.Model):
    _name = 'sale.order'
    _inherit = ['sale.order', 'marketplace.shown']

    # written once, at linking: everything that changes lives on the link, which people's transactions never write
    marketplace_link_id = fields.Many2one(
        'marketplace.link', 'Marketplace Link', copy=False, readonly=True, index='btree_not_null', groups=USERS
    )
    marketplace_shop_id = fields.Many2one(related='marketplace_link_id.shop_id', string='Shop', groups=USERS)
    marketplace_shop_ref = fields.Char(related='marketplace_link_id.shop_ref', string='Reference at the Shop', groups=USERS)
    marketplace_last_synced = fields.Datetime(related='marketplace_link_id.last_synced', string='Last Synced', groups=USERS)
    fulfilled_by = fields.Selection(related='marketplace_link_id.fulfilled_by', string='Fulfilled By', groups=USERS)
    marketplace_buyer_code = fields.Char(
        "Buyer's Code",
        copy=False,
        groups=USERS,
        help='The code that the buyer tells when he takes the goods, where the shop asks for one.',
    )
    marketplace_cancel_reason = fields.Char(
        'Cancellation Reason',
        copy=False,
        groups=USERS,
        help='Why we cancel, in the words of the shop, where it asks for a reason.',
    )

    def _write_multi(self, vals_list):
        # every path ends here: buttons, batches, imports, cron, and fields that Odoo computes by itself
        super()._write_multi(vals_list)
        notice.orders_written(self, vals_list)

    def write(self, vals):
        with notice.honouring_skip(self.env):
            return super().write(vals)

    def unlink(self):
        notice.orders_deleted(self)
        return super().unlink()

    def action_marketplace_sync(self):
        return self.sudo().marketplace_link_id.with_user(self.env.user).action_resync()

    def action_marketplace_keep_ours(self):
        return self.sudo().marketplace_link_id.with_user(self.env.user).action_answer_ours()

    def action_marketplace_take_theirs(self):
        return self.sudo().marketplace_link_id.with_user(self.env.user).action_answer_theirs()

    def _marketplace_order_ids(self):
        return {order_id: order_id for order_id in self._origin.ids}

    def _marketplace_search(self, orders):
        return [('id', 'in', orders)]

    def _marketplace_unlinked(self):
        return [('marketplace_link_id', '=', False)]
