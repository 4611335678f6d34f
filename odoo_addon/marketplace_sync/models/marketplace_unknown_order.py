from odoo import api, fields, models

from ..sync.values import parsed_time, text


class MarketplaceUnknownOrder(models.Model):
    """An order of a shop that no link knows: kept by the sidecar, and shown until someone links it."""

    _name = 'marketplace.unknown.order'
    _description = 'Marketplace order unknown to Odoo'
    _order = 'seen desc, id desc'
    _rec_name = 'number'

    shop_id = fields.Many2one('marketplace.shop', required=True, ondelete='cascade', index=True, readonly=True)
    company_id = fields.Many2one(related='shop_id.company_id', store=True, index=True)
    ref = fields.Char('Reference', readonly=True)
    number = fields.Char(readonly=True)
    status = fields.Char(readonly=True)
    seen = fields.Datetime('First Seen', readonly=True)

    @api.model
    def _replace(self, shop, found):
        """The sidecar's list is the whole truth; rows that stay the same are not written."""
        wanted = {text(entry.get('ref'), 'ref', 500): entry for entry in found}
        known = {order.ref: order for order in self.search([('shop_id', '=', shop.id)])}
        for ref, order in known.items():
            if ref not in wanted:
                order.unlink()
        for ref, entry in wanted.items():
            vals = {
                'number': text(entry.get('number'), 'number', 500),
                'status': shop.connector_id._status_label(text(entry.get('status'), 'status', 200)),
                'seen': parsed_time(entry.get('seen'), 'seen'),
            }
            if ref not in known:
                self.create({'shop_id': shop.id, 'ref': ref, **vals})
            elif any((known[ref][name] or None) != (value or None) for name, value in vals.items()):
                known[ref].write(vals)

    def action_link(self):
        """Open the form of a new link, filled in as far as we know."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'marketplace.link',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {'default_shop_id': self.shop_id.id, 'default_shop_ref': self.ref, 'default_shop_number': self.number},
        }
