import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import MarketplaceCase, Sidecar

FIELDS = [
    {'name': 'base_url', 'label': 'Address', 'help': 'Where the shop is', 'type': 'url', 'required': True},
    {'name': 'poll', 'label': 'Seconds', 'help': '', 'type': 'integer', 'required': False, 'default': 20},
    {'name': 'strict', 'label': 'Strict', 'help': '', 'type': 'boolean', 'required': False, 'default': True},
    {
        'name': 'on_done',
        'label': 'A validated delivery is',
        'help': '',
        'type': 'choice',
        'required': True,
        'default': 'shipped',
        'choices': [{'value': 'shipped', 'label': 'Shipped'}, {'value': 'delivered', 'label': 'Delivered'}],
    },
    {'name': 'token', 'label': 'Token', 'help': '', 'type': 'secret', 'required': True},
]


@tagged('post_install', '-at_install')
class TestShop(MarketplaceCase):
    """A connector's schema becomes a form; its secrets pass through and are not kept."""

    def setUp(self):
        super().setUp()
        self.sidecar = Sidecar(
            {
                '/odoo/secrets': (200, {'set': {'token': '2026-11-21T06:47:12.345Z'}}),
                '/odoo/test': (200, {'ok': False, 'message': 'One part does not work.', 'parts': [{'name': 'Shop', 'ok': False, 'message': 'No.'}]}),
            }
        )
        self.addCleanup(self.sidecar.close)
        self.pair_database(sidecar_url=self.sidecar.url)
        self.announce(FIELDS)
        self.shop = self.env['marketplace.shop'].create(
            {'name': 'A new shop', 'connector_id': self.env['marketplace.connector'].search([('code', '=', 'souk')]).id}
        )

    def announce(self, fields, **vals):
        entry = {
            'name': 'souk',
            'label': 'Souk',
            'version': '1',
            'fields': fields,
            'statuses': [{'code': 'new', 'label': 'New', 'final': False, 'actor': ''}],
            'webhook_paths': [],
            **vals,
        }
        self.call('marketplace.connector', 'announce', connectors=[entry])

    def test_defaults_are_filled_in(self):
        self.assertEqual(self.shop.settings, {'poll': 20, 'strict': True, 'on_done': 'shipped'})
        self.assertFalse(self.shop.setting_values)

    def test_the_form_writes_typed_values(self):
        wanted = {'base_url': 'https://souk.example', 'poll': 60, 'strict': False, 'on_done': 'delivered'}
        with Form(self.shop) as form:
            self.assertEqual([field['name'] for field in form.setting_fields], [field['name'] for field in FIELDS])
            form.settings = wanted
        self.assertEqual(self.shop.settings, wanted)

    def test_another_connector_on_a_new_shop_brings_its_own_fields(self):
        form = Form(self.env['marketplace.shop'])
        form.connector_id = self.connector
        self.assertFalse(form.setting_fields)
        form.connector_id = self.shop.connector_id
        self.assertEqual([field['name'] for field in form.setting_fields], [field['name'] for field in FIELDS])
        self.assertEqual(form.settings, {'poll': 20, 'strict': True, 'on_done': 'shipped'})

    def test_a_shop_keeps_its_connector(self):
        with self.assertRaisesRegex(UserError, 'keeps its connector'):
            self.shop.connector_id = self.connector
        self.shop.connector_id = self.shop.connector_id

    def test_the_only_connector_needs_no_choice(self):
        self.assertFalse(Form(self.env['marketplace.shop']).connector_id)
        self.connector.active = False
        self.assertEqual(Form(self.env['marketplace.shop']).connector_id, self.shop.connector_id)

    def test_without_a_connector_the_form_says_so(self):
        self.assertTrue(Form(self.env['marketplace.shop']).has_connectors)
        self.env['marketplace.connector'].search([]).active = False
        self.assertFalse(Form(self.env['marketplace.shop']).has_connectors)

    def test_an_emptied_setting_has_its_default_again(self):
        self.shop.settings = {'poll': 60, 'base_url': 'https://souk.example'}
        self.shop.settings = {'poll': None, 'base_url': ''}
        self.assertEqual(self.shop.settings, {'poll': 20, 'strict': True, 'on_done': 'shipped'})

    def test_zero_is_a_value(self):
        self.shop.settings = {'poll': 0}
        self.env.invalidate_all()
        self.assertEqual(self.shop.settings['poll'], 0)

    def test_a_better_default_of_a_later_connector_reaches_the_shop_unless_a_person_chose(self):
        other = self.shop.copy()
        other.settings = {'poll': 60}
        self.announce([{**FIELDS[1], 'default': 30}])
        self.assertEqual((self.shop.settings['poll'], other.settings['poll']), (30, 60))

    def test_a_copy_has_the_settings_and_not_the_secrets(self):
        self.shop.settings = {'poll': 60}
        self.shop.set_secrets({'token': 's3cret'})
        other = self.shop.copy()
        self.assertEqual((other.settings['poll'], other.secrets_set), (60, False))

    def test_a_person_without_rights_reads_the_settings_and_changes_nothing(self):
        shop = self.shop.with_user(new_test_user(self.env, 'reader', 'base.group_user,marketplace_sync.group_user'))
        self.assertEqual(shop.settings['poll'], 20)
        for attempt in (lambda: shop.write({'settings': {'poll': 1}}), lambda: shop.write({'new_secrets': {'token': 'x'}})):
            with self.assertRaises(AccessError):
                attempt()
        self.assertEqual(self.sidecar.bodies('/odoo/secrets'), [])

    def test_settings_by_rpc(self):
        self.shop.settings = {'base_url': 'https://souk.example', 'poll': 30}
        self.assertEqual(self.shop.settings['poll'], 30)
        self.assertEqual(self.shop.settings['on_done'], 'shipped')

    def test_a_wrong_value_names_its_setting(self):
        for name, value in (('poll', 'often'), ('base_url', 'souk'), ('on_done', 'lost'), ('strict_', 1)):
            with self.assertRaisesRegex((ValidationError, UserError), 'Seconds|Address|A validated delivery|strict_'):
                self.shop.settings = {name: value}

    def test_a_secret_goes_to_the_sidecar_and_is_not_kept(self):
        [answer] = self.shop.web_save({'new_secrets': {'token': 's3cret'}}, {'new_secrets': {}, 'secrets_set': {}, 'settings': {}})
        self.assertEqual(self.sidecar.bodies('/odoo/secrets'), [{'shop': str(self.shop.id), 'secrets': {'token': 's3cret'}}])
        self.assertEqual(list(self.shop.secrets_set), ['token'])
        self.assertNotIn('s3cret', json.dumps(answer, default=str))
        self.env.flush_all()
        self.env.cr.execute('SELECT * FROM marketplace_shop WHERE id = %s', (self.shop.id,))
        self.assertNotIn('s3cret', json.dumps(self.env.cr.fetchall(), default=str))

    def test_a_new_shop_brings_its_secret_along(self):
        shop = self.shop.create(
            {'name': 'Another', 'connector_id': self.shop.connector_id.id, 'new_secrets': {'token': 's3cret'}}
        )
        self.assertEqual(self.sidecar.bodies('/odoo/secrets'), [{'shop': str(shop.id), 'secrets': {'token': 's3cret'}}])
        self.assertEqual(list(shop.secrets_set), ['token'])

    def test_a_secret_field_that_was_left_empty_changes_nothing_and_an_empty_secret_deletes(self):
        self.shop.set_secrets({'token': 's3cret'})
        self.shop.new_secrets = {'token': None}
        self.assertEqual(len(self.sidecar.bodies('/odoo/secrets')), 1)
        self.shop.new_secrets = {'token': ''}
        self.assertEqual(self.sidecar.bodies('/odoo/secrets')[1]['secrets'], {'token': ''})
        self.assertFalse(self.shop.secrets_set)

    def test_with_the_sidecar_away_nothing_of_the_form_is_saved(self):
        self.pair_database(sidecar_url='http://127.0.0.1:9')
        with self.assertRaisesRegex(UserError, 'Is it running'), self.env.cr.savepoint():
            self.shop.write({'name': 'Renamed', 'new_secrets': {'token': 's3cret'}})
        self.assertEqual((self.shop.name, self.shop.secrets_set), ('A new shop', False))

    def test_a_secret_is_not_called_set_when_the_sidecar_is_away(self):
        self.pair_database(sidecar_url='http://127.0.0.1:9')
        with self.assertRaisesRegex(UserError, 'Is it running'):
            self.shop.set_secrets({'token': 's3cret'})
        self.assertFalse(self.shop.secrets_set)

    def test_required_settings_are_asked_for(self):
        with self.assertRaisesRegex(UserError, 'Address, Token'):
            self.shop.action_test()

    def test_test_connection_answers_part_by_part(self):
        self.shop.settings = {'base_url': 'https://souk.example'}
        self.shop.set_secrets({'token': 's3cret'})
        params = self.shop.action_test()['params']
        self.assertEqual((params['type'], params['title']), ('danger', 'One part does not work.'))
        self.assertIn('Shop: No.', params['message'])

    def config(self, since=''):
        return self.call('marketplace.connector', 'config', since=since)

    def test_config_speaks_only_of_changes(self):
        self.shop.settings = {'base_url': 'https://souk.example'}
        answer = self.config()
        [mine] = [shop for shop in answer['shops'] if shop['id'] == str(self.shop.id)]
        self.assertEqual(
            mine,
            {
                'id': str(self.shop.id),
                'name': 'A new shop',
                'connector': 'souk',
                'company': str(self.company.id),
                'active': True,
                'send': True,
                'receive': True,
                'settings': {'base_url': 'https://souk.example', 'poll': 20, 'strict': True, 'on_done': 'shipped'},
            },
        )
        self.assertEqual(self.config(answer['stamp'])['unchanged'], True)
        self.assertNotIn('shops', self.config(answer['stamp']))
        self.shop.settings = {'poll': 21}
        self.assertIn('shops', self.config(answer['stamp']))
        stamp = self.config()['stamp']
        self.shop.active = False
        answer = self.config(stamp)
        self.assertEqual([shop['active'] for shop in answer['shops'] if shop['id'] == str(self.shop.id)], [False])

    def test_config_does_not_carry_secrets(self):
        self.shop.set_secrets({'token': 's3cret'})
        self.assertNotIn('token', json.dumps(self.config()))

    def test_a_new_version_of_a_connector_keeps_what_was_filled_in(self):
        self.shop.settings = {'base_url': 'https://souk.example'}
        self.announce([FIELDS[0], {**FIELDS[1], 'name': 'pause'}], version='2')
        self.assertEqual(self.shop.settings, {'base_url': 'https://souk.example', 'pause': 20})

    def test_report_shows_what_the_sidecar_knows(self):
        unknown = {'ref': 'x1', 'number': '77', 'status': 'new', 'seen': '2026-11-21T06:47:12.345Z'}
        report = {'id': str(self.shop.id), 'state': 'problem', 'message': 'The token is refused.', 'unknown_orders': [unknown]}
        self.call('marketplace.connector', 'report', shops=[report])
        self.assertEqual((self.shop.state, self.shop.message), ('problem', 'The token is refused.'))
        order = self.shop.unknown_order_ids
        self.assertEqual((order.ref, order.number, order.status), ('x1', '77', 'New'))
        self.call('marketplace.connector', 'report', shops=[report])
        self.assertEqual(self.shop.unknown_order_ids, order)
        self.assertEqual(order.action_link()['context']['default_shop_ref'], 'x1')
        self.call('marketplace.connector', 'report', shops=[{**report, 'state': 'ok', 'message': '', 'unknown_orders': []}])
        self.assertEqual(self.shop.state, 'ok')
        self.assertFalse(self.shop.unknown_order_ids)
