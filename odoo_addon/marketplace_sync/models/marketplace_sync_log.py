from odoo import fields, models
from odoo.tools.sql import create_index

from ..sync.unique import unique_index


class MarketplaceSyncLog(models.Model):
    """One attempt, with what was known and what came of it. Written only by acknowledge and apply."""

    _name = 'marketplace.sync.log'
    _description = 'Marketplace sync log'
    _log_access = False
    _order = 'at desc, id desc'
    _rec_name = 'operation'

    shop_id = fields.Many2one('marketplace.shop', ondelete='cascade', index=True)
    company_id = fields.Many2one('res.company', index=True)
    link_id = fields.Many2one('marketplace.link', ondelete='set null')
    order_id = fields.Many2one('sale.order', ondelete='set null')
    order_name = fields.Char('Order Number')
    shop_ref = fields.Char('Reference at the Shop')
    at = fields.Datetime('Time')
    direction = fields.Selection([('in', 'From the shop'), ('out', 'To the shop')])
    operation = fields.Char()
    attempt = fields.Integer()
    trigger = fields.Char('Because Of')
    user_id = fields.Many2one('res.users', 'User', ondelete='set null')
    who = fields.Char('By')
    base = fields.Char('Last Agreed')
    ours = fields.Char("Odoo's State")
    theirs = fields.Char("Shop's Status")
    rule = fields.Char()
    sent = fields.Char()
    answer = fields.Char()
    code = fields.Char()
    duration_ms = fields.Integer('Duration (ms)')
    outcome = fields.Char()
    hops = fields.Integer()

    def init(self):
        cr = self.env.cr
        create_index(cr, 'marketplace_sync_log_link_idx', self._table, ['link_id', 'at'])
        create_index(cr, 'marketplace_sync_log_order_idx', self._table, ['order_id', 'at'])
        columns = ['operation', 'link_id', 'direction', 'attempt', 'outcome', 'at']
        unique_index(cr, 'marketplace_sync_log_once_idx', self._table, columns)
