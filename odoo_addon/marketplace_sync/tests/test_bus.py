import json
from types import SimpleNamespace

from odoo.http import _request_stack
from odoo.tests import new_test_user, tagged

from .common import MarketplaceCase


@tagged('post_install', '-at_install')
class TestBus(MarketplaceCase):
    """The badge turns live, for those who may know, and the message tells nothing else."""

    def messages(self):
        self.env.cr.precommit.run()
        self.env.flush_all()
        found = []
        for message in self.env['bus.bus'].sudo().search([], order='id'):
            content = json.loads(message.message)
            if content['type'] == 'marketplace_sync/badge':
                found.append((json.loads(message.channel), content['payload']))
        return found

    def setUp(self):
        super().setUp()
        self.env['bus.bus'].sudo().search([]).unlink()

    def test_one_message_per_company_for_a_batch(self):
        links = [self.linked_order().marketplace_link_id for _ in range(3)]
        self.acknowledge(*[self.ack(link, state='conflict', reason='both-changed', detail='Secret words.') for link in links])
        messages = self.messages()
        self.assertEqual(len(messages), 1)
        channel, payload = messages[0]
        self.assertEqual(channel, [self.env.cr.dbname, 'res.company', self.company.id, 'marketplace_sync'])
        self.assertEqual({badge['link'] for badge in payload['badges']}, {str(link.id) for link in links})
        self.assertEqual(set(payload['badges'][0]), {'link', 'version', 'state', 'reason', 'at'})
        self.assertEqual(payload['badges'][0]['state'], 'conflict')
        self.assertNotIn('Secret', json.dumps(payload))

    def test_a_companys_users_hear_their_company_only(self):
        other = self.env['res.company'].create({'name': 'Another one'})
        user = new_test_user(
            self.env, 'listener', 'base.group_user,marketplace_sync.group_user', company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        self.assertEqual(self.companies_heard(user), [other])

    def test_who_has_no_part_in_it_hears_nothing(self):
        user = new_test_user(self.env, 'stranger', 'base.group_user')
        self.assertEqual(self.companies_heard(user), [])

    def companies_heard(self, user):
        return [channel[0] for channel in self.channels(user) if isinstance(channel, tuple) and channel[1] == 'marketplace_sync']

    def channels(self, user):
        """As the websocket asks when a browser of this user subscribes."""
        env = self.env(user=user)
        session = SimpleNamespace(uid=user.id, context={})
        _request_stack.push(SimpleNamespace(session=session, cookies={}, env=env, update_context=lambda **context: None))
        try:
            return env['ir.websocket']._build_bus_channel_list([])
        finally:
            _request_stack.pop()
