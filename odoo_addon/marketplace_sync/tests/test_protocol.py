from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import EPOCH, MarketplaceCase

SNAPSHOT = {
    'id': str,
    'shop': str,
    'ref': str,
    'order': str,
    'order_name': str,
    'company': str,
    'owner': bool,
    'fulfilled_by': str,
    'version': str,
    'theirs': str,
    'sent': list,
    'operation': str,
    'state': str,
    'ours': dict,
    'inputs': dict,
    'answer': str,
    'rows': list,
}
ROW = {'id': str, 'cause': str, 'user': str, 'origin': str, 'hops': int, 'skipped': bool, 'at': str}
ENVELOPE = {'protocol', 'uuid', 'fingerprint', 'instance', 'now'}
TIME = r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$'
CALLS = [
    ('marketplace.outbox', 'claim', {'limit': 10, 'lease_seconds': 60}),
    ('marketplace.outbox', 'acknowledge', {'items': []}),
    ('marketplace.apply', 'read', {'refs': [], 'links': []}),
    ('marketplace.apply', 'apply', {'items': []}),
    ('marketplace.connector', 'announce', {'connectors': []}),
    ('marketplace.connector', 'config', {'since': ''}),
    ('marketplace.connector', 'report', {'shops': []}),
]


@tagged('post_install', '-at_install')
class TestProtocol(MarketplaceCase):
    """PROTOCOL.md, held by the addon's side."""

    def test_every_answer_says_who_speaks(self):
        for model, method, request in CALLS:
            answer = self.call(model, method, **request)
            self.assertLessEqual(ENVELOPE, set(answer), method)
            self.assertEqual(answer['protocol'], 1)
            self.assertRegex(answer['now'], TIME)
            self.assertRegex(answer['fingerprint'], '^[0-9a-f]{64}$')
            self.assertRegex(answer['instance'], '^[0-9a-f]{64}$')
            self.assertNotEqual(answer['fingerprint'], answer['instance'])

    def test_snapshot(self):
        order = self.linked_order()
        order.action_lock()
        self.env.flush_all()
        shot = self.snapshot(order.marketplace_link_id)
        self.assertEqual({name: type(value) for name, value in shot.items()}, SNAPSHOT)
        self.assertEqual({name: type(value) for name, value in shot['rows'][0].items()}, ROW)
        self.assertEqual(set(shot['ours']), {'order', 'delivery'})
        self.assertEqual(set(shot['inputs']), {'buyer_code', 'cancel_reason'})
        self.assertRegex(shot['rows'][0]['at'], TIME)
        self.assertEqual(shot['rows'][0]['user'], str(self.env.uid))
        self.assertEqual(shot['version'], shot['rows'][-1]['id'])
        self.assertEqual(shot['order_name'], order.name)

    def test_versions_beyond_32_bits(self):
        order = self.linked_order()
        self.env.cr.execute("SELECT setval('marketplace_outbox_id_seq', 5000000000)")
        order.action_lock()
        self.env.flush_all()
        link = order.marketplace_link_id
        self.assertEqual(self.snapshot(link)['version'], '5000000001')
        self.assertEqual(self.acknowledge(self.ack(link))['links'][0]['version'], '5000000001')
        order.invalidate_recordset()
        self.assertEqual(order.marketplace_badge['version'], '5000000001')

    def test_read_tells_what_it_does_not_know(self):
        link = self.linked_order().marketplace_link_id
        known = {'shop': str(self.shop.id), 'ref': link.shop_ref}
        unknown = {'shop': str(self.shop.id), 'ref': 'never heard of'}
        answer = self.call('marketplace.apply', 'read', refs=[known, unknown], links=[])
        self.assertEqual([shot['id'] for shot in answer['links']], [str(link.id)])
        self.assertEqual(answer['unknown'], [unknown])

    def refused(self, code, **request):
        for model, method, rest in CALLS:
            with self.assertRaisesRegex(UserError, f'^{code}: .+'):
                getattr(self.wire(model), method)({'protocol': 1, 'epoch': EPOCH, **rest, **request})

    def test_another_protocol_is_refused(self):
        self.refused('PROTOCOL', protocol=2)

    def test_another_epoch_is_refused(self):
        self.refused('EPOCH', epoch='of yesterday')

    def test_a_copy_is_refused(self):
        self.pair_database(fingerprint='of the database that this one was copied from')
        self.refused('COPY')

    def test_a_new_uuid_makes_a_copy(self):
        self.env['ir.config_parameter'].set_param('database.uuid', 'another')
        self.refused('COPY')

    def test_an_unpaired_database_is_refused(self):
        self.pair_database(key='', epoch='')
        self.refused('NOT_PAIRED')

    def test_only_the_technical_user_may_call(self):
        for model, method, request in CALLS:
            with self.assertRaises(AccessError):
                admin = self.env[model].with_user(self.env.ref('base.user_admin'))
                getattr(admin, method)({'protocol': 1, 'epoch': EPOCH, **request})
