from odoo import Command
from odoo.tests import tagged

from .common import MarketplaceCase


@tagged('post_install', '-at_install')
class TestSkip(MarketplaceCase):
    """Whoever asks to be skipped is written down as skipped, and nobody else is."""

    def skipping(self, records):
        return records.with_context(skip_marketplace_sync=True)

    def assert_all_skipped(self, *causes):
        rows = self.rows()
        self.assertEqual({row['cause'] for row in rows}, set(causes))
        self.assertTrue(all(row['skipped'] for row in rows), rows)

    def test_lock(self):
        order = self.linked_order()
        self.skipping(order).action_lock()
        self.assert_all_skipped('order_lock')

    def test_confirm_with_all_its_deliveries(self):
        order = self.linked_order(confirm=False)
        self.skipping(order).action_confirm()
        self.assert_all_skipped('order_confirm', 'delivery_state')

    def test_validate(self):
        order = self.linked_order()
        self.validate(self.skipping(order.picking_ids))
        self.assert_all_skipped('delivery_done')

    def test_lines(self):
        order = self.linked_order(confirm=False)
        self.skipping(order).write({'order_line': [Command.update(order.order_line.id, {'price_unit': 3})]})
        self.skipping(order).write({'order_line': [Command.create({'product_id': self.service.id})]})
        self.skipping(order.order_line[0]).unlink()
        self.assert_all_skipped('order_lines')

    def test_what_was_changed_before_in_the_same_transaction_is_not_skipped(self):
        one, other = self.linked_order(), self.linked_order()
        one.action_lock()
        self.skipping(other).action_lock()
        one.action_unlock()
        self.assertEqual([row['skipped'] for row in self.rows(one)], [False, False])
        self.assertEqual([row['skipped'] for row in self.rows(other)], [True])

    def test_a_skipped_row_does_not_make_the_badge_pending(self):
        order = self.linked_order()
        self.acknowledge(self.ack(order.marketplace_link_id))
        self.skipping(order).action_lock()
        self.env.flush_all()
        order.invalidate_recordset()
        self.assertEqual(order.marketplace_sync_state, 'synced')
