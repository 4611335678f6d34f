from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import MarketplaceCase


@tagged('post_install', '-at_install')
class TestOutbox(MarketplaceCase):
    """Rows are claimed once, acknowledged as often as one likes, and never lost."""

    def setUp(self):
        super().setUp()
        self.forget_rows()
        self.order = self.linked_order()
        self.link = self.order.marketplace_link_id

    def claim(self, limit=100, holder='process-1'):
        self.env.flush_all()
        return self.call('marketplace.outbox', 'claim', limit=limit, lease_seconds=60, holder=holder)

    def test_claim_carries_the_pair_as_it_is_now(self):
        self.order.action_lock()
        self.env.flush_all()
        self.order.action_unlock()
        answer = self.claim()
        self.assertEqual([shot['id'] for shot in answer['links']], [str(self.link.id)])
        self.assertEqual([row['cause'] for row in answer['links'][0]['rows']], ['order_lock', 'order_unlock'])
        self.assertEqual(answer['links'][0]['ours'], {'order': 'sale', 'delivery': 'ready'})
        self.assertFalse(answer['more'])

    def test_a_leased_row_is_not_claimed_again_until_the_lease_ends(self):
        self.order.action_lock()
        self.assertTrue(self.claim()['links'])
        self.assertEqual(self.claim()['links'], [])
        self.env.cr.execute("UPDATE marketplace_outbox SET claimed_until = claimed_until - interval '2 minutes'")
        self.assertTrue(self.claim()['links'])

    def test_a_restarted_sidecar_does_not_wait_for_the_lease_of_the_dead_one(self):
        self.order.action_lock()
        self.claim()
        self.assertTrue(self.claim(holder='process-2')['links'])
        self.assertEqual(self.claim(holder='process-2')['links'], [])

    def test_who_fulfils_is_learnt_from_the_shop(self):
        self.acknowledge(self.ack(self.link, fulfilled_by='shop'))
        self.assertEqual(self.order.fulfilled_by, 'shop')
        self.acknowledge(self.ack(self.link, operation='op-2'))
        self.assertEqual(self.snapshot(self.link)['fulfilled_by'], 'shop')

    def test_a_new_row_brings_its_link_back_with_all_rows(self):
        self.order.action_lock()
        self.claim()
        self.order.action_unlock()
        self.assertEqual([row['cause'] for row in self.claim()['links'][0]['rows']], ['order_lock', 'order_unlock'])

    def test_the_limit_counts_links_and_says_that_there_is_more(self):
        other = self.linked_order()
        self.order.action_lock()
        other.action_lock()
        first = self.claim(limit=1)
        self.assertEqual((len(first['links']), first['more']), (1, True))
        second = self.claim(limit=1)
        self.assertEqual((len(second['links']), second['more']), (1, False))

    def test_a_lower_id_that_was_committed_later_is_still_claimed(self):
        self.order.action_lock()
        self.env.flush_all()
        self.acknowledge(self.ack(self.link))
        self.env.cr.execute(
            """INSERT INTO marketplace_outbox (id, link_id, cause, user_id, hops, skipped, at)
               VALUES (1 - (SELECT min(id) FROM marketplace_outbox), %s, 'order_lines', 1, 0, false, now())""",
            (self.link.id,),
        )
        self.assertEqual(len(self.claim()['links']), 1)

    def test_acknowledge_closes_folds_and_writes_the_link(self):
        self.order.action_lock()
        self.env.flush_all()
        self.order.action_unlock()
        ack = self.ack(
            self.link, base={'status': 'new', 'order': 'sale', 'delivery': 'ready'}, theirs='new', sent=['new']
        )
        answer = self.acknowledge(ack)
        self.assertEqual(answer['links'], [{'id': str(self.link.id), 'version': ack['version'], 'pending': False}])
        self.env.cr.execute(
            'SELECT outcome, folded_into FROM marketplace_outbox WHERE id = ANY(%s) ORDER BY id',
            ([int(row) for row in ack['rows']],),
        )
        self.assertEqual(self.env.cr.fetchall(), [('folded', int(ack['rows'][1])), ('sent', None)])
        shot = self.snapshot(self.link)
        self.assertEqual(shot['base'], {'status': 'new', 'order': 'sale', 'delivery': 'ready'})
        self.assertEqual((shot['theirs'], shot['sent'], shot['operation'], shot['state']), ('new', ['new'], 'op-1', 'synced'))
        self.assertEqual(self.link.log_ids.mapped('outcome'), ['sent'])
        self.assertEqual(self.link.log_ids.user_id, self.env.user)
        self.assertTrue(self.link.last_synced)

    def test_acknowledging_twice_changes_nothing(self):
        self.order.action_lock()
        ack = self.ack(self.link)
        self.acknowledge(ack)
        again = self.acknowledge({**ack, 'outcome': 'failed', 'log': ack['log']})
        self.assertFalse(again['links'][0]['pending'])
        self.assertEqual(len(self.link.log_ids), 1)
        self.env.cr.execute('SELECT outcome FROM marketplace_outbox WHERE id = %s', (int(ack['rows'][0]),))
        self.assertEqual(self.env.cr.fetchone()[0], 'sent')

    def test_progress_closes_nothing(self):
        self.order.action_lock()
        ack = self.ack(
            self.link, outcome='', state='failed', reason='shop-unreachable', detail='No answer.', next_try='2026-11-21T07:00:00.000Z'
        )
        self.assertTrue(self.acknowledge(ack)['links'][0]['pending'])
        self.order.invalidate_recordset()
        self.assertEqual(self.order.marketplace_sync_state, 'failed')
        self.assertEqual(self.order.marketplace_badge['next_try'], '2026-11-21T07:00:00.000Z')
        self.assertEqual(self.order.marketplace_last_error, 'No answer.')

    def test_rows_that_came_meanwhile_stay_open(self):
        self.order.action_lock()
        ack = self.ack(self.link)
        self.order.action_unlock()
        self.env.flush_all()
        self.assertTrue(self.acknowledge(ack)['links'][0]['pending'])
        self.assertEqual(self.causes(), ['order_unlock'])
        self.order.invalidate_recordset()
        self.assertEqual(self.order.marketplace_sync_state, 'pending')

    def test_an_older_operation_does_not_touch_the_state(self):
        self.acknowledge(self.ack(self.link, operation='op-5'))
        self.acknowledge(self.ack(self.link, operation='op-4', state='failed', theirs='old'))
        shot = self.snapshot(self.link)
        self.assertEqual((shot['operation'], shot['state'], shot['theirs']), ('op-5', 'synced', ''))

    def test_two_words_about_one_link_in_one_batch_are_written_in_order(self):
        self.order.action_lock()
        first = self.ack(self.link, operation='op-1', outcome='', state='syncing', theirs='new')
        second = self.ack(self.link, operation='op-2', state='synced')
        self.acknowledge(first, second)
        shot = self.snapshot(self.link)
        self.assertEqual((shot['operation'], shot['state'], shot['theirs']), ('op-2', 'synced', 'new'))

    def test_rows_of_another_link_are_not_closed(self):
        other = self.linked_order()
        other.action_lock()
        self.env.flush_all()
        stolen = [row['id'] for row in self.snapshot(other.marketplace_link_id)['rows']]
        self.acknowledge({**self.ack(self.link), 'rows': stolen})
        self.assertEqual(self.causes(other), ['order_lock'])

    def test_rows_of_a_deleted_link_come_to_an_end(self):
        self.order.action_lock()
        self.env.flush_all()
        self.link.unlink()
        self.env.flush_all()
        answer = self.claim()
        self.assertEqual((answer['links'], self.claim()['more']), ([], False))

    def test_parts_follow(self):
        self.acknowledge(self.ack(self.link))
        self.assertEqual(sorted(self.link.part_ids.mapped('kind')), ['delivery', 'line'])
        self.validate(self.order.picking_ids)
        self.return_of(self.order.picking_ids)
        self.env.flush_all()
        self.acknowledge(self.ack(self.link, operation='op-2'))
        self.assertEqual(sorted(self.link.part_ids.mapped('kind')), ['delivery', 'line', 'return'])

    def test_nonsense_is_refused_with_a_sentence(self):
        for request in (
            {'limit': 0, 'lease_seconds': 60},
            {'limit': 10, 'lease_seconds': 999999},
            {'limit': 'ten', 'lease_seconds': 60},
        ):
            with self.assertRaisesRegex(UserError, '^REQUEST: '):
                self.call('marketplace.outbox', 'claim', **request)
        for items in (
            'all',
            [{**self.ack(self.link), 'link': self.link.id}],
            [{**self.ack(self.link), 'outcome': 'maybe'}],
            [{**self.ack(self.link), 'state': 'fine'}],
            [{**self.ack(self.link), 'next_try': 'soon'}],
            [self.ack(self.link)] * 1001,
        ):
            with self.assertRaisesRegex(UserError, '^REQUEST: '):
                self.call('marketplace.outbox', 'acknowledge', items=items)
