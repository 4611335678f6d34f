from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MarketplaceCase


@tagged('post_install', '-at_install')
class TestLink(MarketplaceCase):
    def test_linking_is_noticed_and_agrees_on_nothing_yet(self):
        order = self.new_order()
        link_id = self.env['marketplace.link'].link_order(
            {'shop_id': self.shop.id, 'order_id': order.id, 'shop_ref': 'A-1', 'shop_number': '1', 'theirs': 'new'}
        )
        self.assertEqual(self.causes(order), ['linked'])
        self.assertEqual(order.marketplace_link_id.id, link_id)
        shot = self.snapshot(order.marketplace_link_id)
        self.assertNotIn('base', shot)
        self.assertEqual((shot['ref'], shot['theirs'], shot['owner']), ('A-1', 'new', True))

    def test_a_second_link_of_an_order_never_owns_it(self):
        order = self.linked_order()
        first = order.marketplace_link_id
        second = self.new_link(order, 'second')
        self.assertTrue(first.owner)
        self.assertFalse(second.owner)
        self.assertEqual(order.marketplace_link_id, first)

    def test_a_reference_is_linked_once(self):
        self.new_link(self.new_order(), 'once')
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
            self.new_link(self.new_order(), 'once')

    def test_a_copy_of_an_order_is_not_linked(self):
        order = self.linked_order()
        order.marketplace_buyer_code = '4711'
        copy = order.copy()
        self.assertFalse(copy.marketplace_link_id)
        self.assertFalse(copy.marketplace_buyer_code)

    def test_a_link_is_not_moved(self):
        link = self.linked_order().marketplace_link_id
        with self.assertRaises(UserError):
            link.shop_ref = 'other'
        with self.assertRaises(UserError):
            link.order_id = self.new_order()

    def test_an_order_of_another_company_is_not_linked(self):
        other = self.env['res.company'].create({'name': 'Another one'})
        shop = self.env['marketplace.shop'].create(
            {'name': 'Theirs', 'connector_id': self.connector.id, 'company_id': other.id}
        )
        with self.assertRaises(ValidationError):
            self.env['marketplace.link'].create({'shop_id': shop.id, 'order_id': self.new_order().id, 'shop_ref': 'x'})

    def test_a_persons_wishes_are_rows(self):
        order = self.linked_order()
        order.action_marketplace_sync()
        order.action_marketplace_keep_ours()
        self.assertEqual(self.snapshot(order.marketplace_link_id)['answer'], 'ours')
        order.action_marketplace_take_theirs()
        self.assertEqual(self.snapshot(order.marketplace_link_id)['answer'], 'theirs')
        self.assertEqual(self.causes(), ['resync', 'answer_ours', 'answer_theirs'])
