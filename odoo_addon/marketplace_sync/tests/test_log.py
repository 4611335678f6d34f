from odoo.tests import tagged

from ..const import CAUSES, LOG_OUTCOMES, ORDER_STATE_CAUSE, OUTCOMES, PICKING_STATE_CAUSE
from .common import MarketplaceCase


@tagged('post_install', '-at_install')
class TestLog(MarketplaceCase):
    """The log tells in words what the wire says in codes."""

    def written(self, **vals):
        link = self.new_link(self.new_order())
        self.call('marketplace.outbox', 'acknowledge', items=[self.ack(link, log=[self.log(operation='op-1', **vals)])])
        return self.env['marketplace.sync.log'].search([('link_id', '=', link.id)])

    def test_both_sides_and_what_was_sent_read_as_sentences(self):
        row = self.written(ours='sale/done', theirs='new', sent='new > shipped')
        self.assertEqual(row.ours_said, 'Sales Order · delivered')
        self.assertEqual(row.theirs_said, 'New')
        self.assertEqual(row.sent_said, 'New > Shipped')

    def test_what_was_done_in_odoo_reads_as_a_pair(self):
        row = self.written(direction='in', ours='sale/ready', sent='cancel/cancel', outcome='applied')
        self.assertEqual(row.sent_said, 'Cancelled · delivery cancelled')

    def test_a_word_that_nobody_knows_is_shown_as_it_is(self):
        row = self.written(ours='', theirs='brand_new', sent='')
        self.assertEqual((row.theirs_said, row.ours_said or '', row.sent_said or ''), ('brand_new', '', ''))

    def test_every_cause_of_the_protocol_has_words(self):
        causes = set(ORDER_STATE_CAUSE.values()) | set(PICKING_STATE_CAUSE.values())
        causes |= {'linked', 'order_lock', 'order_unlock', 'order_delete', 'order_lines', 'delivery_state', 'return_state'}
        causes |= {'input', 'answer_ours', 'answer_theirs', 'resync'}
        self.assertLessEqual(causes, {code for code, _words in CAUSES})

    def test_every_outcome_has_words(self):
        self.assertLessEqual(OUTCOMES, {code for code, _words in LOG_OUTCOMES})

