from odoo import Command
from odoo.tests import tagged

from .common import MarketplaceCase


@tagged('post_install', '-at_install')
class TestPair(MarketplaceCase):
    """The pair that a shop's word is compared with, for each state that an order can be in."""

    def assert_pair(self, order, pair):
        self.assertEqual(self.pair_of(order), pair)

    def test_quotation(self):
        order = self.linked_order(confirm=False)
        self.assert_pair(order, 'draft/none')
        order.action_quotation_sent()
        self.assert_pair(order, 'sent/none')

    def test_confirmed_without_stock_waits(self):
        self.assert_pair(self.linked_order(product=self.new_product('Rare', 0)), 'sale/waiting')

    def test_confirmed_with_stock_is_ready(self):
        self.assert_pair(self.linked_order(), 'sale/ready')

    def test_delivered(self):
        order = self.linked_order()
        self.validate(order.picking_ids)
        self.assert_pair(order, 'sale/done')

    def test_partly_delivered_then_all(self):
        order = self.linked_order(quantity=5)
        order.picking_ids.move_ids.quantity = 2
        self.validate(order.picking_ids)
        self.assert_pair(order, 'sale/partial')
        self.validate(order.picking_ids.filtered(lambda picking: picking.state != 'done'))
        self.assert_pair(order, 'sale/done')

    def test_delivered_without_the_rest(self):
        order = self.linked_order(quantity=5)
        picking = order.picking_ids
        picking.move_ids.quantity = 2
        self.validate(picking.with_context(picking_ids_not_to_backorder=picking.ids))
        self.assert_pair(order, 'sale/done')

    def test_cancelled(self):
        order = self.linked_order()
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.assert_pair(order, 'cancel/cancel')

    def test_quotation_cancelled(self):
        order = self.linked_order(confirm=False)
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.assert_pair(order, 'cancel/none')

    def test_only_the_delivery_cancelled(self):
        order = self.linked_order()
        order.picking_ids.action_cancel()
        self.assert_pair(order, 'sale/cancel')

    def test_returned_in_two_steps(self):
        order = self.linked_order(quantity=5)
        delivery = order.picking_ids
        self.validate(delivery)
        first = self.return_of(delivery, 2)
        self.assert_pair(order, 'sale/returning')
        self.validate(first)
        self.assert_pair(order, 'sale/partly_returned')
        self.validate(self.return_of(delivery))
        self.assert_pair(order, 'sale/returned')

    def test_return_cancelled(self):
        order = self.linked_order()
        self.validate(order.picking_ids)
        self.return_of(order.picking_ids).action_cancel()
        self.assert_pair(order, 'sale/done')

    def test_locked_with_goods_not_out_is_sale(self):
        order = self.linked_order()
        order.action_lock()
        self.assert_pair(order, 'sale/ready')
        self.validate(order.picking_ids)
        self.assert_pair(order, 'locked/done')

    def test_services_only(self):
        order = self.linked_order(product=self.service)
        self.assert_pair(order, 'sale/none')
        order.action_lock()
        self.assert_pair(order, 'locked/none')

    def test_goods_without_a_delivery_are_not_delivered_by_locking(self):
        order = self.linked_order()
        order.picking_ids.action_cancel()
        order.picking_ids.unlink()
        order.action_lock()
        self.assert_pair(order, 'sale/none')

    def test_locking_that_odoo_does_by_itself_says_nothing(self):
        self.env.ref('base.group_user').implied_ids = [Command.link(self.env.ref('sale.group_auto_done_setting').id)]
        order = self.linked_order()
        order.locked = True
        self.validate(order.picking_ids)
        self.assert_pair(order, 'sale/done')
        self.shop.lock_means_delivered = 'yes'
        self.assert_pair(order, 'locked/done')

    def test_a_shop_to_which_locking_says_nothing(self):
        self.shop.lock_means_delivered = 'no'
        order = self.linked_order()
        self.validate(order.picking_ids)
        order.action_lock()
        self.assert_pair(order, 'sale/done')

    def test_pick_and_pack_do_not_count(self):
        self.warehouse().delivery_steps = 'pick_ship'
        order = self.linked_order()
        pick = order.picking_ids.filtered(lambda picking: picking.location_dest_id.usage != 'customer')
        self.validate(pick)
        self.assert_pair(order, 'sale/ready')

    def test_deleted(self):
        order = self.linked_order(confirm=False)
        link = order.marketplace_link_id
        order.unlink()
        self.env.flush_all()
        shot = self.snapshot(link)
        self.assertEqual(shot['ours'], {'order': 'cancel', 'delivery': 'cancel'})
        self.assertEqual(shot['order'], '')
