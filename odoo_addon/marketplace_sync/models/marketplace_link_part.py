from odoo import fields, models

from ..sync.unique import unique


class MarketplaceLinkPart(models.Model):
    """A delivery, a return or a line under a link."""

    _name = 'marketplace.link.part'
    _description = 'Marketplace link part'
    _log_access = False

    link_id = fields.Many2one('marketplace.link', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one('res.company', index=True)
    kind = fields.Selection([('delivery', 'Delivery'), ('line', 'Line'), ('return', 'Return')], required=True)
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference('Record', model_field='res_model', required=True)
    shop_ref = fields.Char('Reference at the Shop')

    locals().update(unique('link_id, res_model, res_id', 'A link has each part once.'))
