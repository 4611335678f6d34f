import json
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..const import PARAM
from ..sync import identity
from .common import KEY, MarketplaceCase, Sidecar


@tagged('post_install', '-at_install')
class TestPairing(MarketplaceCase):
    """One button, a real server at the other end, and sentences when something is wrong."""

    def setUp(self):
        super().setUp()
        self.pair_database(key='', epoch='', fingerprint='')
        self.sidecar = Sidecar(
            {
                '/odoo/pair': (200, {'protocol': 1, 'sidecar': 'sidecar-1', 'epoch': 'epoch-2', 'key': KEY}),
                '/odoo/key': (200, {}),
                '/odoo/test': (200, {'ok': True, 'message': 'Everything works.', 'parts': [{'name': 'Odoo', 'ok': True, 'message': 'Reached.'}]}),
                '/odoo/unpair': (200, {}),
            }
        )
        self.addCleanup(self.sidecar.close)

    def settings(self, **vals):
        return self.env['res.config.settings'].create({'marketplace_sidecar_url': self.sidecar.url, **vals})

    def param(self, name):
        return self.env['ir.config_parameter'].get_param(PARAM + name)

    def test_pair(self):
        self.settings(marketplace_pairing_code='1234', marketplace_odoo_url='http://odoo.example').action_marketplace_pair()
        self.env.flush_all()
        [asked] = self.sidecar.bodies('/odoo/pair')
        who = identity.read(self.env.cr)
        self.assertEqual(set(asked), {'protocol', 'code', 'uuid', 'fingerprint', 'url', 'db', 'version'})
        self.assertEqual((asked['code'], asked['url'], asked['db']), ('1234', 'http://odoo.example', self.env.cr.dbname))
        self.assertEqual((asked['uuid'], asked['fingerprint']), (who.uuid, who.fingerprint))
        self.assertEqual((self.param('key'), self.param('epoch')), (KEY, 'epoch-2'))
        self.assertTrue(who.paired and not who.is_copy)
        self.assertEqual(self.sidecar.bodies('/odoo/key'), [], 'the key is sent after the commit only')
        self.env.cr.postcommit.run()
        [sent] = self.sidecar.bodies('/odoo/key')
        self.assertEqual(sent['login'], 'marketplace_sync_technical')
        keys = self.env['res.users.apikeys'].search([('user_id', '=', self.technical.id)])
        self.assertEqual(len(keys), 1)
        self.assertFalse(keys.expiration_date)
        self.assertEqual(
            self.env['res.users.apikeys']._check_credentials(scope='rpc', key=sent['api_key']), self.technical.id
        )
        self.assertNotIn(sent['api_key'], json.dumps(self.env['ir.config_parameter'].search_read([], ['value'])))

    def test_pairing_again_replaces_the_key(self):
        for _ in range(2):
            self.settings(marketplace_pairing_code='1234').action_marketplace_pair()
        self.assertEqual(self.env['res.users.apikeys'].search_count([('user_id', '=', self.technical.id)]), 1)

    def test_a_code_is_needed(self):
        with self.assertRaisesRegex(UserError, 'code'):
            self.settings().action_marketplace_pair()

    def test_a_wrong_code_is_answered_in_the_sidecars_words(self):
        self.sidecar.answers['/odoo/pair'] = (401, {'error': {'code': 'wrong-code', 'message': 'This code is not the one.'}})
        with self.assertRaisesRegex(UserError, 'This code is not the one.'):
            self.settings(marketplace_pairing_code='0000').action_marketplace_pair()
        self.assertFalse(self.param('key'))

    def test_nobody_there(self):
        with self.assertRaisesRegex(UserError, r'The sidecar does not answer at http://127\.0\.0\.1:9\. Is it running\?'):
            self.settings(marketplace_sidecar_url='http://127.0.0.1:9', marketplace_pairing_code='1').action_marketplace_pair()

    def test_no_address(self):
        with self.assertRaisesRegex(UserError, 'is not an address'):
            self.settings(marketplace_sidecar_url='sidecar', marketplace_pairing_code='1').action_marketplace_pair()

    def test_something_else_answers(self):
        self.sidecar.answers['/odoo/pair'] = (200, b'<html>')
        with self.assertRaisesRegex(UserError, 'Something else than the sidecar'):
            self.settings(marketplace_pairing_code='1').action_marketplace_pair()

    def test_test_connection(self):
        settings = self.settings(marketplace_pairing_code='1234')
        with self.assertRaisesRegex(UserError, 'not paired'):
            settings.action_marketplace_test()
        settings.action_marketplace_pair()
        action = settings.action_marketplace_test()
        self.assertEqual(action['params']['title'], 'Everything works.')
        self.assertIn('Odoo: Reached.', action['params']['message'])

    def test_unpair(self):
        settings = self.settings(marketplace_pairing_code='1234')
        settings.action_marketplace_pair()
        self.assertIn('Paired since', self.settings().marketplace_pairing_state)
        settings.action_marketplace_unpair()
        self.assertEqual(self.sidecar.bodies('/odoo/unpair'), [{}])
        self.assertFalse(self.param('key'))
        self.assertFalse(self.env['res.users.apikeys'].search([('user_id', '=', self.technical.id)]))
        self.assertIn('Not paired', self.settings().marketplace_pairing_state)

    def test_unpair_works_without_the_sidecar(self):
        self.pair_database(sidecar_url='http://127.0.0.1:9')
        self.env['marketplace.pairing'].unpair()
        self.assertFalse(self.param('key'))

    def test_a_copy_says_so(self):
        self.pair_database(fingerprint='of another')
        self.assertIn('copy', self.settings().marketplace_pairing_state)
        with self.assertRaisesRegex(UserError, 'copy'):
            self.env['marketplace.pairing'].test()

    def test_neutralize_cuts_everything(self):
        self.settings(marketplace_pairing_code='1234').action_marketplace_pair()
        self.env.flush_all()
        self.env.cr.execute(Path(__file__).parents[1].joinpath('data', 'neutralize.sql').read_text())
        self.env.invalidate_all()
        self.assertFalse(identity.read(self.env.cr).paired)
        self.assertFalse(self.shop.send or self.shop.receive)
        self.assertFalse(self.env['res.users.apikeys'].search([('user_id', '=', self.technical.id)]))
