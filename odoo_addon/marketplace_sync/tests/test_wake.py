import base64
import hashlib
import hmac
import json
import time
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import common, tagged

from ..sync import wake
from .common import EPOCH, KEY, MarketplaceCase, Sidecar

@tagged('post_install', '-at_install')
class TestWake(MarketplaceCase):
    """After the commit a real thread tells a real server, signed, what survived; and nobody waits for it."""

    def setUp(self):
        super().setUp()
        self.share_cursor()
        self.sidecar = Sidecar()
        self.addCleanup(self.sidecar.close)
        self.pair_database(sidecar_url=self.sidecar.url)
        self.forget_rows()
        self.sender = wake.Sender()
        self.addCleanup(self.stop_sender)
        self.replace(wake, '_sender', self.sender)
        # the thread must not speak up in somebody else's test: what it says then is tested by itself below
        self.replace(wake, 'PENDING_AFTER_SECONDS', 1e6)

    def replace(self, target, name, value):
        patcher = patch.object(target, name, value)
        patcher.start()
        self.addCleanup(patcher.stop)

    def share_cursor(self):
        """The thread sees this test's transaction, one at a time: 19 keeps that lock by itself."""
        if hasattr(self, 'registry_enter_test_mode'):
            self.registry_enter_test_mode()
            return
        self.registry.enter_test_mode(self.env.cr)
        self.addCleanup(self.registry.leave_test_mode)
        self.registry.test_lock.acquire()
        self.addCleanup(self.registry.test_lock.release)

    @contextmanager
    def released_cursor(self):
        if hasattr(common, 'release_test_lock'):
            with common.release_test_lock():
                yield
            return
        self.registry.test_lock.release()
        yield
        self.registry.test_lock.acquire()

    def stop_sender(self):
        with self.released_cursor():
            self.sender.stop()

    def wait_for(self, count):
        with self.released_cursor():
            return self.sidecar.wait_for(count)

    def commit(self):
        self.env.flush_all()
        self.env.cr.postcommit.run()

    def test_one_signed_wake_with_what_the_transaction_changed(self):
        orders = [self.linked_order() for _ in range(2)]
        for order in orders:
            order.action_lock()
            self.env.flush_all()
            order.action_unlock()
        self.commit()
        requests = self.wait_for(1)
        self.assertEqual([path for path, _headers, _body in requests], ['/odoo/wake'])
        _path, headers, raw = requests[0]
        body = json.loads(raw)
        self.assertEqual(set(body), {'protocol', 'epoch', 'uuid', 'fingerprint', 'instance', 'links'})
        self.assertEqual((body['protocol'], body['epoch']), (1, EPOCH))
        self.assertEqual([shot['order'] for shot in body['links']], [str(order.id) for order in orders])
        self.assertEqual([row['cause'] for row in body['links'][0]['rows']], ['order_lock', 'order_unlock'])
        self.assert_speakable(body)
        self.assert_signed(headers, raw)

    def assert_signed(self, headers, raw):
        signed = f'{headers["webhook-id"]}.{headers["webhook-timestamp"]}.'.encode() + raw
        secret = base64.b64decode(KEY.removeprefix('whsec_'))
        expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
        self.assertEqual(headers['webhook-signature'], f'v1,{expected}')
        self.assertLess(abs(time.time() - int(headers['webhook-timestamp'])), 60)

    def test_a_rolled_back_savepoint_is_not_told(self):
        kept, undone = self.linked_order(), self.linked_order()
        kept.action_lock()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            undone.action_lock()
            self.env.flush_all()
            raise ZeroDivisionError
        self.commit()
        body = json.loads(self.wait_for(1)[0][2])
        self.assertEqual([shot['order'] for shot in body['links']], [str(kept.id)])

    def test_nothing_survived_nothing_is_told(self):
        undone, marker = self.linked_order(), self.linked_order()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            undone.action_lock()
            self.env.flush_all()
            raise ZeroDivisionError
        self.commit()
        marker.action_lock()
        self.commit()
        body = json.loads(self.wait_for(1)[0][2])
        self.assertEqual([shot['order'] for shot in body['links']], [str(marker.id)])
        self.assertEqual(len(self.sidecar.requests), 1)

    def test_the_connection_is_kept_and_opened_anew_when_it_died(self):
        order = self.linked_order()
        order.action_lock()
        self.commit()
        self.wait_for(1)
        self.wait_until(lambda: self.sender.lines)
        self.sender.lines[self.sidecar.url].sock.close()
        order.action_unlock()
        self.commit()
        self.assertEqual(len(self.wait_for(2)), 2)

    def test_an_unpaired_database_and_a_copy_say_nothing(self):
        order = self.linked_order()
        order.action_lock()
        rows = [row['id'] for row in self.rows()]
        self.assertIsNotNone(wake.prepare(self.env.cr, '/odoo/wake', rows))
        self.pair_database(fingerprint='of the database that this one was copied from')
        self.assertIsNone(wake.prepare(self.env.cr, '/odoo/wake', rows))
        self.pair_database(key='')
        self.assertIsNone(wake.prepare(self.env.cr, '/odoo/wake', rows))

    def test_a_change_of_a_shop_is_told_without_its_content(self):
        self.shop.name = 'Renamed'
        self.shop.send = False
        self.commit()
        self.assertEqual([(path, body) for path, _headers, body in self.wait_for(1)], [('/odoo/config-changed', b'{}')])

    def test_a_dead_sidecar_costs_the_user_nothing(self):
        self.pair_database(sidecar_url='http://127.0.0.1:9')
        order = self.linked_order()
        order.action_lock()
        started = time.monotonic()
        self.commit()
        self.assertLess(time.monotonic() - started, 0.1)
        self.assertEqual(self.causes(), ['order_lock'])

    def test_the_oldest_is_dropped_when_nobody_takes(self):
        sender = object.__new__(wake.Sender)
        sender.queue = type(self.sender.queue)()
        for number in range(wake.MAX_QUEUED + 5):
            sender.put(('db', '/odoo/wake', [number]))
        self.assertEqual(sender.queue.qsize(), wake.MAX_QUEUED)
        self.assertEqual(sender.queue.get()[2], [5])

    def test_a_badge_is_called_pending_only_when_the_sidecar_was_not_quick(self):
        slow, quick = self.linked_order(), self.linked_order()
        slow.action_lock()
        quick.action_lock()
        rows = [row['id'] for row in self.rows()]
        self.acknowledge(self.ack(quick.marketplace_link_id))
        self.env['bus.bus'].sudo().search([]).unlink()
        wake._announce_waiting(self.env.cr.dbname, rows)
        messages = [json.loads(message.message) for message in self.env['bus.bus'].sudo().search([])]
        badges = [badge for message in messages if message['type'] == 'marketplace_sync/badge' for badge in message['payload']['badges']]
        self.assertEqual([(badge['link'], badge['state']) for badge in badges], [(str(slow.marketplace_link_id.id), 'pending')])

    def wait_until(self, true):
        for _ in range(200):
            if true():
                return
            time.sleep(0.01)
        self.fail('It did not come true within two seconds')
