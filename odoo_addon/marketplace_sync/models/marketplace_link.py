from odoo import _, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import FULFILLERS, MAX_ITEMS, SYNC_STATES
from ..sync import badge, notice
from ..sync.unique import unique, unique_index

# Where the link points is fixed: another order or reference is another link.
FIXED = frozenset({'shop_id', 'shop_ref', 'order_id'})


class MarketplaceLink(models.Model):
    """One order paired with one order of a shop. A table of its own, which people's transactions never write."""

    _name = 'marketplace.link'
    _description = 'Marketplace link'
    _order = 'id desc'
    _rec_name = 'shop_ref'

    shop_id = fields.Many2one('marketplace.shop', required=True, ondelete='restrict', index=True)
    company_id = fields.Many2one(related='shop_id.company_id', store=True, index=True)
    order_id = fields.Many2one(
        'sale.order', 'Order', ondelete='set null', index=True, domain="[('company_id', '=', company_id)]"
    )
    shop_ref = fields.Char('Reference at the Shop', required=True)
    shop_number = fields.Char('Number at the Shop')
    fulfilled_by = fields.Selection(FULFILLERS, default='us', required=True)
    owner = fields.Boolean(default=True, readonly=True, help='The other links of an order receive, and never move it.')
    base_status = fields.Char('Last Agreed Status', readonly=True)
    base_order = fields.Char('Last Agreed Order State', readonly=True)
    base_delivery = fields.Char('Last Agreed Delivery State', readonly=True)
    theirs = fields.Char("The Shop's Status", help='The status of the order at the shop, in the words of the shop.')
    sent = fields.Json(readonly=True)
    sync_state = fields.Selection(SYNC_STATES, 'Last Word of the Sidecar', default='pending', readonly=True, required=True)
    reason = fields.Char(readonly=True)
    detail = fields.Char(readonly=True)
    next_try = fields.Datetime(readonly=True)
    last_synced = fields.Datetime(readonly=True)
    last_operation = fields.Char(readonly=True)
    part_ids = fields.One2many('marketplace.link.part', 'link_id', readonly=True)
    log_ids = fields.One2many('marketplace.sync.log', 'link_id', readonly=True)
    badge = fields.Json(compute='_compute_badge')
    state = fields.Selection(SYNC_STATES, 'Sync State', compute='_compute_badge')
    status_label = fields.Char('Status at the Shop', compute='_compute_badge')

    locals().update(unique('shop_id, shop_ref', 'This order of the shop is linked already.'))

    def init(self):
        cr = self.env.cr
        # versions are outbox ids, which outlive 32 bits
        cr.execute('ALTER TABLE marketplace_link ADD COLUMN IF NOT EXISTS state_version bigint')
        unique_index(cr, 'marketplace_link_owner_idx', self._table, ['(CASE WHEN owner THEN order_id END)'])

    def _compute_badge(self):
        found = badge.of_links(self.env.cr, self.ids) if self.ids else {}
        for link in self:
            link.badge = found.get(link.id, {})
            link.state = link.badge.get('state', False)
            link.status_label = link.badge.get('shop_status', False)

    @api.depends('shop_id', 'shop_ref', 'shop_number')
    def _compute_display_name(self):
        for link in self:
            link.display_name = f'{link.shop_id.name or ""} {link.shop_number or link.shop_ref or ""}'.strip()

    @api.constrains('order_id', 'shop_id')
    def _check_company_of_order(self):
        for link in self:
            if link.order_id and link.order_id.company_id != link.shop_id.company_id:
                names = {'order': link.order_id.name, 'shop': link.shop_id.name}
                raise ValidationError(_('%(order)s belongs to another company than %(shop)s.', **names))

    @api.model
    def badges(self, link_ids):
        """The badges of these links in one call, of those that the user may read."""
        readable = self.search([('id', 'in', link_ids[:MAX_ITEMS])])
        return list(badge.of_links(self.env.cr, readable.ids).values())

    @api.model
    def link_order(self, vals):
        """Link an order by RPC: `{shop_id, order_id, shop_ref, shop_number?, theirs?, fulfilled_by?}`. Answers the link's id."""
        wanted = ('shop_id', 'order_id', 'shop_ref', 'shop_number', 'theirs', 'fulfilled_by')
        return self.create({name: vals[name] for name in wanted if name in vals}).id

    @api.model_create_multi
    def create(self, vals_list):
        order_ids = [vals.get('order_id') for vals in vals_list]
        owned = set(self.sudo().search([('order_id', 'in', order_ids), ('owner', '=', True)]).order_id.ids)
        for vals in vals_list:
            vals['owner'] = bool(vals.get('order_id')) and vals['order_id'] not in owned
            owned.add(vals.get('order_id'))
        links = super().create(vals_list)
        for link in links.filtered('owner'):
            link.order_id.sudo().marketplace_link_id = link
        links.flush_recordset()
        notice.links_touched(links, 'linked')
        return links

    def write(self, vals):
        for name in FIXED.intersection(vals):
            if any(link[name] and (link[name].id if name != 'shop_ref' else link[name]) != vals[name] for link in self):
                raise UserError(_('A link cannot be moved. Delete it and make another one.'))
        return super().write(vals)

    def action_resync(self):
        return self._ask_for('resync')

    def action_answer_ours(self):
        return self._ask_for('answer_ours')

    def action_answer_theirs(self):
        return self._ask_for('answer_theirs')

    def _ask_for(self, cause):
        """A person's wish is one more outbox row and takes the same path as any change."""
        self.check_access('read')
        if not self.env.user.has_group('marketplace_sync.group_user'):
            raise UserError(_('Only users of Marketplace Sync may do this.'))
        notice.links_touched(self, cause)
        self.invalidate_recordset(['badge', 'state', 'status_label'])
        return True
