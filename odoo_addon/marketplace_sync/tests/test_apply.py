from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MarketplaceCase


@tagged('post_install', '-at_install')
class TestApply(MarketplaceCase):
    """What happened in a shop happens in Odoo, through Odoo's own methods, once, or is refused with a reason."""

    def item(self, order, target, **vals):
        link = order.marketplace_link_id
        order_side, delivery_side = target.split('/')
        operation = vals.pop('operation', f'in-{link.id}')
        return {
            'operation': operation,
            'link': str(link.id),
            'version': self.snapshot(link)['version'],
            'status': 'shipped',
            'status_label': 'Shipped',
            'actor': 'buyer',
            'reason': '',
            'target': {'order': order_side, 'delivery': delivery_side},
            'log': self.log(direction='in', operation=operation, outcome='applied', trigger='poll', user='buyer'),
            **vals,
        }

    def apply(self, *items):
        return self.call('marketplace.apply', 'apply', items=list(items))['results']

    def assert_applied(self, result, pair):
        self.assertEqual((result['outcome'], result['code'], result['detail']), ('applied', '', ''))
        ours = result['snapshot']['ours']
        self.assertEqual(f'{ours["order"]}/{ours["delivery"]}', pair)

    def assert_refused(self, order, target, code):
        before = self.pair_of(order)
        [result] = self.apply(self.item(order, target))
        self.assertEqual((result['outcome'], result['code']), ('conflict', code), result['detail'])
        self.assertTrue(result['detail'])
        self.assertEqual(self.pair_of(order), before)

    def test_confirm(self):
        order = self.linked_order(confirm=False)
        [result] = self.apply(self.item(order, 'sale/ready'))
        self.assert_applied(result, 'sale/ready')

    def test_confirmed_already_is_reserved(self):
        order = self.linked_order()
        order.picking_ids.do_unreserve()
        [result] = self.apply(self.item(order, 'sale/ready'))
        self.assert_applied(result, 'sale/ready')

    def test_confirm_without_stock_is_confirmed_all_the_same(self):
        order = self.linked_order(product=self.new_product('Rare', 0), confirm=False)
        [result] = self.apply(self.item(order, 'sale/ready'))
        self.assert_applied(result, 'sale/waiting')

    def test_deliver(self):
        order = self.linked_order()
        [result] = self.apply(self.item(order, 'sale/done'))
        self.assert_applied(result, 'sale/done')
        self.assertEqual(order.order_line.qty_delivered, 5)

    def test_deliver_a_quotation(self):
        order = self.linked_order(confirm=False)
        [result] = self.apply(self.item(order, 'sale/done'))
        self.assert_applied(result, 'sale/done')

    def test_deliver_through_pick_and_pack(self):
        self.warehouse().delivery_steps = 'pick_pack_ship'
        order = self.linked_order()
        [result] = self.apply(self.item(order, 'sale/done'))
        self.assert_applied(result, 'sale/done')

    def test_deliver_and_lock(self):
        order = self.linked_order()
        [result] = self.apply(self.item(order, 'locked/done'))
        self.assert_applied(result, 'locked/done')

    def test_deliver_and_lock_where_locking_says_nothing(self):
        self.shop.lock_means_delivered = 'no'
        order = self.linked_order()
        [result] = self.apply(self.item(order, 'locked/done'))
        self.assert_applied(result, 'sale/done')
        self.assertTrue(order.locked)

    def test_services_are_delivered_by_confirming(self):
        order = self.linked_order(product=self.service, confirm=False)
        [result] = self.apply(self.item(order, 'sale/done'))
        self.assert_applied(result, 'sale/none')

    def test_cancel(self):
        order = self.linked_order()
        [result] = self.apply(self.item(order, 'cancel/cancel', reason='Changed my mind'))
        self.assert_applied(result, 'cancel/cancel')
        note = order.message_ids[0].body
        self.assertIn('Cancelled in Bazaar Cairo by the buyer: Changed my mind. The order was cancelled here too.', note)

    def test_the_target_is_there_already(self):
        order = self.linked_order()
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.forget_rows()
        notes = len(order.message_ids)
        [result] = self.apply(self.item(order, 'cancel/cancel'))
        self.assert_applied(result, 'cancel/cancel')
        self.assertEqual(self.rows(), [])
        self.assertEqual(len(order.message_ids), notes)

    def test_return_is_created_and_left_to_the_warehouse(self):
        order = self.linked_order()
        self.validate(order.picking_ids)
        self.forget_rows()
        [result] = self.apply(self.item(order, 'sale/returned'))
        self.assert_applied(result, 'sale/returning')
        back = order.picking_ids.filtered('return_id')
        self.assertEqual(back.state, 'assigned')
        self.assertEqual(back.move_ids.product_uom_qty, 5)

    def test_quotation_stays(self):
        order = self.linked_order(confirm=False)
        [result] = self.apply(self.item(order, 'draft/none'))
        self.assert_applied(result, 'draft/none')

    def test_deleted_order_is_cancelled(self):
        order = self.linked_order(confirm=False)
        link = order.marketplace_link_id
        cancel, confirm = self.item(order, 'cancel/cancel'), self.item(order, 'sale/ready', operation='in-2')
        order.unlink()
        self.forget_rows()
        version = self.snapshot(link)['version']
        self.assertEqual(self.apply({**confirm, 'version': version})[0]['code'], 'needs-person')
        self.assertEqual(self.apply({**cancel, 'version': version})[0]['outcome'], 'applied')

    def test_refused_stock_missing(self):
        order = self.linked_order(product=self.new_product('Rare', 2))
        self.assert_refused(order, 'sale/done', 'stock-missing')

    def test_refused_goods_left(self):
        order = self.linked_order()
        self.validate(order.picking_ids)
        self.forget_rows()
        self.assert_refused(order, 'cancel/cancel', 'goods-left')

    def test_refused_order_locked(self):
        order = self.linked_order()
        order.action_lock()
        self.forget_rows()
        self.assert_refused(order, 'cancel/cancel', 'order-locked')

    def test_refused_lot_needed(self):
        product = self.new_product('Numbered', 0, tracking='lot')
        order = self.linked_order(product=product)
        move = order.picking_ids.move_ids
        move.quantity = 5
        self.assert_refused(order, 'sale/done', 'lot-needed')

    def test_refused_by_odoo_in_its_own_words(self):
        order = self.linked_order(confirm=False)
        self.forget_rows()
        with patch.object(type(order), 'action_confirm', side_effect=UserError('Not on Sundays.')):
            [result] = self.apply(self.item(order, 'sale/ready'))
        self.assertEqual((result['outcome'], result['code'], result['detail']), ('conflict', 'odoo-refused', 'Not on Sundays.'))

    def test_refused_what_a_person_has_to_decide(self):
        cancelled = self.linked_order()
        cancelled.with_context(disable_cancel_warning=True).action_cancel()
        confirmed = self.linked_order()
        self.forget_rows()
        self.assert_refused(cancelled, 'sale/ready', 'needs-person')
        self.assert_refused(confirmed, 'draft/none', 'needs-person')
        self.assert_refused(confirmed, 'sale/partial', 'needs-person')
        self.assert_refused(confirmed, 'sale/returned', 'needs-person')

    @mute_logger('odoo.addons.marketplace_sync.models.marketplace_apply')
    def test_a_bug_is_a_failure_and_not_a_conflict(self):
        order = self.linked_order(confirm=False)
        with patch.object(type(order), 'action_confirm', side_effect=KeyError('oops')):
            [result] = self.apply(self.item(order, 'sale/ready'))
        self.assertEqual((result['outcome'], result['code']), ('failed', 'odoo-error'))

    def test_one_bad_order_does_not_stop_its_neighbours(self):
        orders = [self.linked_order() for _ in range(7)]
        poison = orders[3]
        poison.order_line.product_uom_qty = 5000
        self.forget_rows()
        results = self.apply(*[self.item(order, 'sale/done') for order in orders])
        self.assertEqual([result['outcome'] for result in results], ['applied'] * 3 + ['conflict'] + ['applied'] * 3)
        self.assertEqual(results[3]['code'], 'stock-missing')
        self.assertEqual([self.pair_of(order) for order in orders], ['sale/done'] * 3 + ['sale/ready'] + ['sale/done'] * 3)

    def test_results_keep_the_order_of_the_items(self):
        one, two, three = [self.linked_order() for _ in range(3)]
        results = self.apply(
            self.item(one, 'cancel/cancel'), self.item(two, 'sale/done'), self.item(three, 'cancel/cancel')
        )
        self.assertEqual([result['link'] for result in results], [str(o.marketplace_link_id.id) for o in (one, two, three)])

    def test_a_group_is_one_call_of_odoos_method(self):
        orders = [self.linked_order() for _ in range(4)]
        items = [self.item(order, 'cancel/cancel') for order in orders]
        calls = []
        cancel = type(orders[0]).action_cancel

        def counted(records):
            calls.append(len(records))
            return cancel(records)

        with patch.object(type(orders[0]), 'action_cancel', counted):
            self.apply(*items)
        self.assertEqual(calls, [4])

    def test_stale(self):
        order = self.linked_order()
        item = self.item(order, 'cancel/cancel')
        order.order_line.price_unit = 99
        self.env.flush_all()
        [result] = self.apply(item)
        self.assertEqual(result['outcome'], 'stale')
        self.assertEqual(result['snapshot']['rows'][0]['cause'], 'order_lines')
        self.assertEqual(order.state, 'sale')

    def test_repeating_an_operation_does_nothing(self):
        order = self.linked_order()
        item = self.item(order, 'sale/returned')
        self.validate(order.picking_ids)
        self.forget_rows()
        item['version'] = self.snapshot(order.marketplace_link_id)['version']
        self.apply(item)
        notes = len(order.message_ids)
        [again] = self.apply(item)
        self.assertEqual(again['outcome'], 'applied')
        self.assertEqual(len(order.picking_ids), 2)
        self.assertEqual(len(order.message_ids), notes)
        self.assertEqual(len(order.marketplace_link_id.log_ids), 1)

    def test_what_it_changes_carries_its_operation(self):
        order = self.linked_order()
        self.apply(self.item(order, 'sale/done', operation='in-42', log=self.log(direction='in', hops=2)))
        rows = self.rows()
        self.assertTrue(rows)
        self.assertEqual({(row['origin'], row['hops'], row['skipped']) for row in rows}, {('in-42', 3, False)})
        self.assertEqual({row['user_id'] for row in rows}, {self.technical.id})
        self.assertEqual(order.marketplace_sync_state, 'synced')

    def test_what_is_written_down(self):
        order = self.linked_order()
        link = order.marketplace_link_id
        self.apply(self.item(order, 'sale/done', operation='in-7'))
        shot = self.snapshot(link)
        self.assertEqual(shot['base'], {'status': 'shipped', 'order': 'sale', 'delivery': 'done'})
        self.assertEqual((shot['theirs'], shot['operation'], shot['state'], shot['sent']), ('shipped', 'in-7', 'synced', []))
        self.assertEqual((link.log_ids.operation, link.log_ids.direction, link.log_ids.who), ('in-7', 'in', 'buyer'))
        self.assertEqual(order.marketplace_shop_status, 'Shipped')
        self.assertIn('Shipped in Bazaar Cairo by the buyer. The order was delivered here too.', order.message_ids[0].body)

    def test_a_conflict_writes_nothing(self):
        order = self.linked_order(product=self.new_product('Rare', 0))
        before = self.snapshot(order.marketplace_link_id)
        self.apply(self.item(order, 'sale/done'))
        self.assertEqual(self.snapshot(order.marketplace_link_id), before)
        self.assertFalse(order.marketplace_link_id.log_ids)

    def test_two_steps_of_one_order_in_one_batch(self):
        order = self.linked_order(confirm=False)
        first, second = self.item(order, 'sale/ready', operation='in-1'), self.item(order, 'sale/done', operation='in-2')
        results = self.apply(first, second)
        self.assertEqual(results[0]['outcome'], 'applied')
        self.assertEqual(results[1]['outcome'], 'stale')
        self.assertEqual(self.pair_of(order), 'sale/ready')

    def test_a_link_that_was_deleted_stops_nobody(self):
        gone, other = self.linked_order(), self.linked_order()
        items = [self.item(gone, 'cancel/cancel'), self.item(other, 'cancel/cancel')]
        gone.marketplace_link_id.unlink()
        results = self.apply(*items)
        self.assertEqual([result['outcome'] for result in results], ['failed', 'applied'])

    def test_another_companys_order_in_its_own_company(self):
        other = self.env['res.company'].create({'name': 'Another one'})
        shop = self.env['marketplace.shop'].create(
            {'name': 'Theirs', 'connector_id': self.connector.id, 'company_id': other.id}
        )
        order = self.env['sale.order'].with_company(other).create(
            {
                'partner_id': self.partner.id,
                'company_id': other.id,
                'warehouse_id': self.env['stock.warehouse'].search([('company_id', '=', other.id)], limit=1).id,
                'order_line': [(0, 0, {'product_id': self.service.id})],
            }
        )
        self.env['marketplace.link'].create({'shop_id': shop.id, 'order_id': order.id, 'shop_ref': 'theirs'})
        self.forget_rows()
        mine = self.linked_order(confirm=False)
        results = self.apply(self.item(order, 'sale/ready'), self.item(mine, 'sale/ready'))
        self.assertEqual([result['outcome'] for result in results], ['applied', 'applied'])

    def test_nonsense_is_refused_with_a_sentence(self):
        order = self.linked_order()
        for wrong in (
            {'operation': ''},
            {'link': order.marketplace_link_id.id},
            {'target': {'order': 'gone', 'delivery': 'none'}},
            {'actor': 'stranger'},
            {'log': None},
        ):
            with self.assertRaisesRegex(UserError, '^REQUEST: '):
                self.apply({**self.item(order, 'sale/done'), **wrong})
