from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import MarketplaceCase

OURS = ('marketplace.shop', 'marketplace.link', 'marketplace.link.part', 'marketplace.sync.log', 'marketplace.unknown.order')


@tagged('post_install', '-at_install')
class TestAccess(MarketplaceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesman = new_test_user(cls.env, 'salesman', 'base.group_user,sales_team.group_sale_salesman_all_leads')
        cls.manager = new_test_user(
            cls.env, 'marketplace boss', 'base.group_user,sales_team.group_sale_manager,marketplace_sync.group_manager'
        )

    def test_people_of_sales_and_stock_are_users_and_admins_are_managers(self):
        clerk = new_test_user(self.env, 'clerk', 'base.group_user,stock.group_stock_user')
        self.assertTrue(self.salesman.has_group('marketplace_sync.group_user'))
        self.assertTrue(clerk.has_group('marketplace_sync.group_user'))
        self.assertFalse(self.salesman.has_group('marketplace_sync.group_manager'))
        self.assertTrue(self.env.ref('base.user_admin').has_group('marketplace_sync.group_manager'))
        self.assertFalse(self.env.ref('base.user_admin').has_group('marketplace_sync.group_technical'))

    def test_users_read_and_managers_write(self):
        link = self.linked_order().marketplace_link_id
        for model in OURS:
            self.env[model].with_user(self.salesman).search([])
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.salesman).create({})
        with self.assertRaises(AccessError):
            link.with_user(self.salesman).shop_number = '2'
        link.with_user(self.manager).shop_number = '2'

    def test_the_outbox_is_nobodys_business(self):
        for user in (self.salesman, self.manager):
            with self.assertRaises(AccessError):
                self.env['marketplace.outbox'].with_user(user).search([])

    def test_a_manager_links_without_rights_of_an_administrator(self):
        order = self.new_order()
        self.env['marketplace.link'].with_user(self.manager).link_order(
            {'shop_id': self.shop.id, 'order_id': order.id, 'shop_ref': 'by-manager'}
        )
        self.assertEqual(order.marketplace_link_id.shop_ref, 'by-manager')
        with self.assertRaises(AccessError):
            self.env['marketplace.link'].with_user(self.salesman).link_order(
                {'shop_id': self.shop.id, 'order_id': order.id, 'shop_ref': 'by-salesman'}
            )

    def test_a_salesman_works_on_linked_orders_as_ever(self):
        order = self.linked_order(confirm=False).with_user(self.salesman)
        order.action_confirm()
        order.action_marketplace_sync()
        order.env.flush_all()
        self.assertIn('resync', self.causes())
        self.assertEqual({row['user_id'] for row in self.rows()}, {self.salesman.id})
        self.assertEqual(order.marketplace_sync_state, 'pending')

    def test_other_companies_see_nothing(self):
        other = self.env['res.company'].create({'name': 'Another one'})
        stranger = new_test_user(
            self.env, 'stranger', 'base.group_user,marketplace_sync.group_manager', company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        link = self.linked_order().marketplace_link_id
        self.acknowledge(self.ack(link))
        for model in OURS:
            self.assertFalse(self.env[model].with_user(stranger).search([]), model)
        with self.assertRaises(AccessError):
            link.with_user(stranger).read(['shop_ref'])
        with self.assertRaises(AccessError):
            link.with_user(stranger).action_resync()

    def test_badges_are_told_of_what_one_may_read(self):
        other = self.env['res.company'].create({'name': 'Another one'})
        stranger = new_test_user(
            self.env, 'stranger', 'base.group_user,marketplace_sync.group_user', company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        link = self.linked_order().marketplace_link_id
        Link = self.env['marketplace.link']
        self.assertEqual([badge['link'] for badge in Link.with_user(self.salesman).badges(link.ids)], [str(link.id)])
        self.assertEqual(Link.with_user(stranger).badges(link.ids), [])

    def test_strangers_do_not_see_the_fields(self):
        stranger = new_test_user(self.env, 'colleague', 'base.group_user')
        fields = self.env['sale.order'].with_user(stranger).fields_get()
        self.assertFalse([name for name in fields if name.startswith('marketplace_')])

    def test_the_technical_user_reads_no_orders(self):
        with self.assertRaises(AccessError):
            self.env['sale.order'].with_user(self.technical).search([])
        self.assertFalse(self.technical.has_group('base.group_user'))

    def test_pairing_is_for_administrators(self):
        for method in ('pair', 'unpair'):
            with self.assertRaises(AccessError):
                getattr(self.env['marketplace.pairing'].with_user(self.manager), method)(*(['code'] if method == 'pair' else []))
        with self.assertRaises(AccessError):
            self.env['marketplace.pairing'].with_user(self.salesman).test()
        with self.assertRaises(AccessError):
            self.env['ir.config_parameter'].with_user(self.manager).get_param('marketplace_sync.key')
