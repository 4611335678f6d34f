from odoo.tests import Form, tagged

from .common import MarketplaceCase


@tagged('post_install', '-at_install')
class TestShown(MarketplaceCase):
    """What people see on orders and deliveries."""

    def test_not_linked(self):
        order = self.new_order()
        self.assertEqual((order.marketplace_badge, order.marketplace_sync_state), (False, 'not_linked'))

    def test_the_order_and_its_delivery_show_the_same(self):
        order = self.linked_order()
        self.acknowledge(self.ack(order.marketplace_link_id, theirs='shipped'))
        self.validate(order.picking_ids)
        self.env.flush_all()
        self.env.invalidate_all()
        for record in (order, order.picking_ids):
            self.assertEqual(record.marketplace_sync_state, 'pending')
            self.assertEqual(record.marketplace_shop_status, 'Shipped')
            self.assertEqual(record.marketplace_shop_id, self.shop)
            self.assertEqual(record.marketplace_shop_ref, order.marketplace_link_id.shop_ref)
            self.assertEqual(record.fulfilled_by, 'us')
            self.assertEqual(
                set(record.marketplace_badge),
                {'link', 'version', 'state', 'reason', 'detail', 'shop', 'shop_status', 'next_try', 'last_synced'},
            )
            self.assertEqual(record.marketplace_badge['shop'], 'Bazaar Cairo')

    def test_pending_then_syncing_then_synced(self):
        order = self.linked_order()
        order.action_lock()
        self.env.flush_all()
        order.invalidate_recordset()
        self.assertEqual(order.marketplace_sync_state, 'pending')
        self.call('marketplace.outbox', 'claim', limit=100, lease_seconds=60)
        self.assertEqual(order.marketplace_sync_state, 'syncing')
        self.acknowledge(self.ack(order.marketplace_link_id))
        self.assertEqual(order.marketplace_sync_state, 'synced')
        self.assertTrue(order.marketplace_last_synced)

    def test_a_new_change_outshines_the_last_word(self):
        order = self.linked_order()
        self.acknowledge(self.ack(order.marketplace_link_id, state='failed', reason='shop-error', detail='No.'))
        self.assertEqual(order.marketplace_last_error, 'No.')
        order.action_lock()
        self.env.flush_all()
        order.invalidate_recordset()
        self.assertEqual((order.marketplace_sync_state, order.marketplace_last_error), ('pending', False))

    def test_a_list_of_80_orders_costs_one_query(self):
        orders = self.env['sale.order'].create([{'partner_id': self.partner.id} for _ in range(80)])
        self.env['marketplace.link'].create(
            [{'shop_id': self.shop.id, 'order_id': order.id, 'shop_ref': f'many-{order.id}'} for order in orders]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.user.has_group('marketplace_sync.group_user')
        with self.assertQueryCount(1):
            badges = orders.mapped('marketplace_badge')
        self.assertEqual(len(badges), 80)

    def test_search(self):
        failed, conflict, fine = [self.linked_order(product=self.service) for _ in range(3)]
        none = self.new_order()
        for order, state in ((failed, 'failed'), (conflict, 'conflict'), (fine, 'synced')):
            self.acknowledge(self.ack(order.marketplace_link_id, state=state))
        mine = [('id', 'in', (failed + conflict + fine + none).ids)]

        def found(*domain):
            return self.env['sale.order'].search(mine + list(domain))

        self.assertEqual(found(('marketplace_sync_state', '=', 'failed')), failed)
        self.assertEqual(found(('marketplace_sync_state', 'in', ['failed', 'conflict'])), conflict + failed)
        self.assertEqual(found(('marketplace_sync_state', '=', 'not_linked')), none)
        self.assertEqual(found(('marketplace_sync_state', '!=', 'synced')), none + conflict + failed)
        self.assertEqual(found(('marketplace_shop_id', '=', self.shop.id)), fine + conflict + failed)
        self.assertEqual(found(('marketplace_shop_ref', '=', fine.marketplace_link_id.shop_ref)), fine)

    def test_deliveries_are_searched_too(self):
        order = self.linked_order()
        self.acknowledge(self.ack(order.marketplace_link_id, state='conflict'))
        found = self.env['stock.picking'].search([('marketplace_sync_state', '=', 'conflict'), ('sale_id', '=', order.id)])
        self.assertEqual(found, order.picking_ids)

    def test_the_forms_open(self):
        order = self.linked_order()
        for record in (order, order.picking_ids, order.marketplace_link_id, self.shop):
            with Form(record):
                pass

    def test_a_new_order_shows_nothing(self):
        form = Form(self.env['sale.order'])
        self.assertFalse(form.marketplace_badge)
