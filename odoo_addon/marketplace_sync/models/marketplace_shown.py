from odoo import api, fields, models
from odoo.tools import SQL

from ..const import SYNC_STATES
from ..sync import badge

USERS = 'marketplace_sync.group_user'
SHOWN_STATES = [('not_linked', 'Not Linked'), *SYNC_STATES]


class MarketplaceShown(models.AbstractModel):
    """What a form or list shows about the link behind a record: one SQL for the whole list."""

    _name = 'marketplace.shown'
    _description = 'Shows the state of a link'

    marketplace_shop_status = fields.Char('Status at the Shop', compute='_compute_marketplace', groups=USERS)
    marketplace_sync_state = fields.Selection(
        SHOWN_STATES, 'Sync State', compute='_compute_marketplace', search='_search_marketplace_sync_state', groups=USERS
    )
    marketplace_last_error = fields.Char('What Is Wrong', compute='_compute_marketplace', groups=USERS)
    marketplace_badge = fields.Json('Marketplace', compute='_compute_marketplace', groups=USERS)

    def _marketplace_order_ids(self):
        """Override and return `{record id: order id}` for the records that belong to an order."""
        raise NotImplementedError

    def _marketplace_search(self, orders):
        """Override and return the domain for records of these orders, an SQL of ids."""
        raise NotImplementedError

    def _compute_marketplace(self):
        orders = self._marketplace_order_ids()
        self.env['marketplace.outbox'].flush_model()
        self.env['marketplace.link'].flush_model()
        found = badge.of_orders(self.env.cr, set(orders.values())) if orders else {}
        for record in self:
            shown = found.get(orders.get(record._origin.id), {})
            record.marketplace_badge = shown
            record.marketplace_sync_state = shown.get('state', 'not_linked')
            record.marketplace_shop_status = shown.get('shop_status', False)
            troubled = shown.get('state') in ('failed', 'conflict', 'pending')
            record.marketplace_last_error = troubled and (shown['detail'] or shown['reason']) or False

    @api.model
    def _search_marketplace_sync_state(self, operator, value):
        if operator not in ('=', '!=', 'in', 'not in'):
            raise ValueError(f'marketplace_sync_state cannot be searched with {operator}')
        wanted = {value} if operator in ('=', '!=') else set(value)
        positive = operator in ('=', 'in')
        states = wanted if positive else {state for state, _label in SHOWN_STATES} - wanted
        self.env.flush_all()
        of_links = self._marketplace_search(SQL(badge.ORDERS_IN_STATE, tuple(states)))
        if 'not_linked' in states or False in states:
            return ['|', *self._marketplace_unlinked(), *of_links]
        return of_links
