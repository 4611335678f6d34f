from odoo import api, fields, models
from odoo.tools.sql import create_index

from ..const import CAUSES, LOG_OUTCOMES
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
    trigger = fields.Selection(CAUSES, 'Because Of')
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
    outcome = fields.Selection(LOG_OUTCOMES)
    hops = fields.Integer()
    ours_said = fields.Char("Odoo Says", compute='_compute_said')
    theirs_said = fields.Char("Shop Says", compute='_compute_said')
    sent_said = fields.Char('Sent or Done', compute='_compute_said')

    @api.depends('ours', 'theirs', 'sent', 'shop_id')
    def _compute_said(self):
        """The codes of the wire in the words of Odoo and of the shop."""
        for row in self:
            # sudo: the words of a status are no secret, whoever may read the row may read them
            connector = row.sudo().shop_id.connector_id
            row.ours_said = self._pair_said(row.ours)
            row.theirs_said = connector._status_label(row.theirs)
            steps = (row.sent or '').split(' > ')
            row.sent_said = ' > '.join(self._pair_said(step) if '/' in step else connector._status_label(step) for step in steps)

    def _pair_said(self, pair):
        order, _slash, delivery = (pair or '').partition('/')
        order_words = dict(self.env['sale.order']._fields['state']._description_selection(self.env))
        said = order_words.get('sale' if order == 'locked' else order, order)
        if order == 'locked':
            said = self.env._('%s, locked', said)
        delivery = self._delivery_words().get(delivery, '')
        return f'{said} · {delivery}' if delivery else said

    def _delivery_words(self):
        return {
            'waiting': self.env._('waiting for goods'),
            'ready': self.env._('ready to deliver'),
            'partial': self.env._('partly delivered'),
            'done': self.env._('delivered'),
            'cancel': self.env._('delivery cancelled'),
            'returning': self.env._('return under way'),
            'partly_returned': self.env._('partly returned'),
            'returned': self.env._('returned'),
        }

    def init(self):
        cr = self.env.cr
        create_index(cr, 'marketplace_sync_log_link_idx', self._table, ['link_id', 'at'])
        create_index(cr, 'marketplace_sync_log_order_idx', self._table, ['order_id', 'at'])
        columns = ['operation', 'link_id', 'direction', 'attempt', 'outcome', 'at']
        unique_index(cr, 'marketplace_sync_log_once_idx', self._table, columns)
