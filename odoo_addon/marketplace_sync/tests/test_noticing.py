from odoo import Command
from odoo.tests import tagged

from .common import MarketplaceCase


@tagged('post_install', '-at_install')
class TestNoticing(MarketplaceCase):
    """Every way in which a linked order or its deliveries change leaves a row; nothing else does."""

    def test_confirm(self):
        order = self.linked_order(confirm=False)
        order.action_confirm()
        self.assertEqual(self.causes()[0], 'order_confirm')
        self.assertEqual(set(self.causes()), {'order_confirm', 'delivery_state'})

    def test_send(self):
        order = self.linked_order(confirm=False)
        order.action_quotation_sent()
        self.assertEqual(self.causes(), ['order_send'])

    def test_lock_and_unlock(self):
        order = self.linked_order()
        order.action_lock()
        self.env.flush_all()
        order.action_unlock()
        self.assertEqual(self.causes(), ['order_lock', 'order_unlock'])

    def test_cancel(self):
        order = self.linked_order()
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.assertEqual(set(self.causes()), {'order_cancel', 'delivery_cancel'})

    def test_back_to_draft(self):
        order = self.linked_order()
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.forget_rows()
        order.action_draft()
        self.assertEqual(self.causes(), ['order_draft'])

    def test_delete(self):
        order = self.linked_order(confirm=False)
        link = order.marketplace_link_id
        order.unlink()
        self.assertEqual(self.causes(), ['order_delete'])
        self.assertFalse(link.order_id)

    def test_lines_changed_added_and_removed(self):
        order = self.linked_order(confirm=False)
        for change in (
            [Command.update(order.order_line.id, {'price_unit': 12})],
            [Command.update(order.order_line.id, {'product_uom_qty': 7})],
            [Command.update(order.order_line.id, {'discount': 5})],
            [Command.create({'product_id': self.service.id})],
            [Command.delete(order.order_line.id)],
        ):
            order.order_line = change
            self.assertEqual(set(self.causes()), {'order_lines'}, change)
            self.forget_rows()

    def test_a_section_is_no_line(self):
        order = self.linked_order(confirm=False)
        order.order_line = [Command.create({'display_type': 'line_section', 'name': 'Things'})]
        self.assertEqual(self.causes(), [])

    def test_inputs_of_the_shop(self):
        order = self.linked_order()
        order.marketplace_buyer_code = '4711'
        self.assertEqual(self.causes(), ['input'])

    def test_validate(self):
        order = self.linked_order()
        self.validate(order.picking_ids)
        self.assertEqual(self.causes(), ['delivery_done'])
        self.assertEqual(self.rows()[0]['user_id'], self.env.uid)

    def test_batch_validation_is_one_insert(self):
        orders = [self.linked_order() for _ in range(3)]
        pickings = self.env['stock.picking'].union(*[order.picking_ids for order in orders])
        with self.counted_inserts() as inserts:
            self.validate(pickings)
            self.env.flush_all()
        self.assertEqual(self.causes(), ['delivery_done'] * 3)
        self.assertEqual({row['order_id'] for row in self.rows()}, {order.id for order in orders})
        self.assertEqual(len([sql for sql in inserts if 'stock_picking p ON' in sql]), 1)

    def test_orders_confirmed_together_are_one_insert(self):
        orders = self.env['sale.order'].union(*[self.linked_order(product=self.service, confirm=False) for _ in range(4)])
        with self.counted_inserts() as inserts:
            orders.action_confirm()
            self.env.flush_all()
        self.assertEqual(self.causes(), ['order_confirm'] * 4)
        self.assertEqual(len([sql for sql in inserts if 'l.order_id = v.id' in sql]), 1)

    def test_backorder_wizard(self):
        order = self.linked_order(quantity=5)
        picking = order.picking_ids
        picking.move_ids.write({'quantity': 2, 'picked': True})
        action = picking.with_context(skip_sms=True).button_validate()
        self.assertEqual(action['res_model'], 'stock.backorder.confirmation')
        self.assertNotIn('delivery_done', self.causes())
        self.env[action['res_model']].with_context(**action['context']).create({}).process()
        self.assertIn('delivery_done', self.causes())
        self.assertEqual(len(order.picking_ids), 2)
        backorder = order.picking_ids - picking
        self.forget_rows()
        self.validate(backorder)
        self.assertEqual(self.causes(), ['delivery_done'])

    def test_delivery_cancelled(self):
        order = self.linked_order()
        order.picking_ids.action_cancel()
        self.assertEqual(self.causes(), ['delivery_cancel'])

    def test_reservation_undone(self):
        order = self.linked_order()
        order.picking_ids.do_unreserve()
        self.assertEqual(self.causes(), ['delivery_state'])

    def test_return_created_and_validated(self):
        order = self.linked_order()
        self.validate(order.picking_ids)
        self.forget_rows()
        back = self.return_of(order.picking_ids)
        self.assertEqual(set(self.causes()), {'return_state'})
        self.forget_rows()
        self.validate(back)
        self.assertEqual(set(self.causes()), {'return_state'})

    def test_steps_inside_the_warehouse_are_not_noticed(self):
        self.warehouse().delivery_steps = 'pick_ship'
        order = self.linked_order()
        pick = order.picking_ids.filtered(lambda picking: picking.location_dest_id.usage != 'customer')
        self.assertEqual(len(pick), 1)
        pick.do_unreserve()
        self.assertEqual(self.causes(), [])
        pick.action_assign()
        self.validate(pick)
        ship = order.picking_ids - pick
        self.assertTrue(ship)
        self.assertNotIn('delivery_done', self.causes())
        self.forget_rows()
        self.validate(ship)
        self.assertEqual(self.causes(), ['delivery_done'])

    def test_cron(self):
        """What a scheduled action does is noticed, with its own user."""
        order = self.linked_order()
        root = self.env.ref('base.user_root')
        code = f'env["stock.picking"].browse({order.picking_ids.id}).do_unreserve()'
        cron = self.env['ir.cron'].create(
            {'name': 'Unreserve', 'model_id': self.env.ref('stock.model_stock_picking').id, 'state': 'code', 'code': code}
        )
        cron.ir_actions_server_id.with_user(root).run()
        self.env(user=root).flush_all()
        self.assertEqual(self.causes(), ['delivery_state'])
        self.assertEqual(self.rows()[0]['user_id'], root.id)

    def test_import(self):
        order = self.linked_order(confirm=False)
        xmlid = order.export_data(['id'])['datas'][0][0]
        result = self.env['sale.order'].load(['id', 'marketplace_cancel_reason'], [[xmlid, 'out of stock']])
        self.assertFalse([message for message in result['messages'] if message['type'] == 'error'])
        self.assertEqual(self.causes(), ['input'])

    def test_the_wizards_of_other_paths(self):
        """The state of a delivery follows from its moves, whoever moves them."""
        order = self.linked_order()
        move = order.picking_ids.move_ids
        move.write({'quantity': 5, 'picked': True})
        move._action_done()
        self.assertEqual(self.causes(), ['delivery_done'])

    def test_receipts_and_unlinked_orders_leave_nothing(self):
        order = self.new_order()
        order.action_confirm()
        self.validate(order.picking_ids)
        receipt = self.env['stock.picking'].create(
            {
                'picking_type_id': self.warehouse().in_type_id.id,
                'location_id': self.env.ref('stock.stock_location_suppliers').id,
                'location_dest_id': self.warehouse().lot_stock_id.id,
            }
        )
        receipt.action_confirm()
        receipt.action_cancel()
        self.assertEqual(self.rows(), [])
        self.assertNotIn('marketplace_sync.rows', self.env.cr.postcommit.data)

    def test_every_link_of_an_order_hears(self):
        order = self.linked_order()
        self.new_link(order, 'second')
        order.action_lock()
        self.assertEqual(self.causes(), ['order_lock', 'order_lock'])
        self.assertEqual(len({row['link_id'] for row in self.rows()}), 2)

    def test_a_savepoint_that_is_rolled_back_leaves_no_row(self):
        order = self.linked_order()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.validate(order.picking_ids)
            self.env.flush_all()
            raise ZeroDivisionError
        self.assertEqual(self.rows(), [])
        self.assertEqual(order.picking_ids.state, 'assigned')

    def test_the_users_transaction_writes_no_link(self):
        order = self.linked_order()
        link = order.marketplace_link_id
        self.env.flush_all()
        self.env.cr.execute('SELECT xmin, ctid FROM marketplace_link WHERE id = %s', (link.id,))
        before = self.env.cr.fetchall()
        self.validate(order.picking_ids)
        order.action_lock()
        self.env.flush_all()
        self.env.cr.execute('SELECT xmin, ctid FROM marketplace_link WHERE id = %s', (link.id,))
        self.assertEqual(self.env.cr.fetchall(), before)

    def counted_inserts(self):
        return _Inserts(self.env.cr)


class _Inserts:
    """Statements that write the outbox, while it is open."""

    def __init__(self, cr):
        self.cr = cr
        self.seen = []

    def __enter__(self):
        execute = self.cr.execute

        def watched(query, *args, **kwargs):
            text = getattr(query, 'code', query)
            if isinstance(text, str) and 'INTO marketplace_outbox' in text:
                self.seen.append(text)
            return execute(query, *args, **kwargs)

        self.cr.execute = watched
        return self.seen

    def __exit__(self, *exc):
        del self.cr.execute
