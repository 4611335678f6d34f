from odoo.modules.registry import Registry
from odoo.sql_db import Cursor, db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..sync import snapshot
from ..sync.kept import KeptCursors
from .common import MarketplaceCase


@tagged('post_install', '-at_install')
class TestKept(MarketplaceCase):
    """What the wake thread keeps open may never show it an old picture, and never outlive its use."""

    def setUp(self):
        super().setUp()
        self.kept = KeptCursors()
        self.addCleanup(self.kept.close_idle, 0)
        dbname = self.env.cr.dbname
        # a real connection beside the test's own, as the thread has one in a real server
        self.patch(Registry, 'cursor', lambda registry, *args, **kwargs: db_connect(dbname).cursor())
        self.dbname = dbname

    def read(self, work):
        return self.kept.read(self.dbname, work)

    def backend(self, cr):
        cr.execute('SELECT pg_backend_pid(), now()::text')
        return cr.fetchone()

    def test_one_connection_serves_again_in_a_new_transaction(self):
        first, first_start = self.read(self.backend)
        self.kept.end()
        second, second_start = self.read(self.backend)
        self.assertEqual(first, second)
        self.assertLess(first_start, second_start)

    def test_a_plan_that_is_kept_answers_as_the_plain_statement_does(self):
        def both(cr):
            self.assertIsInstance(cr, Cursor)
            cr.execute('SELECT array_agg(id) FROM marketplace_outbox')
            rows = cr.fetchone()[0] or [0]
            return snapshot.of_rows(cr, rows, 100), snapshot.of_rows(cr, rows, 100, kept=True)

        for _again in range(2):
            plain, kept = self.read(both)
            self.assertEqual(plain, kept)

    def test_a_connection_that_broke_is_opened_anew(self):
        pid, _start = self.read(self.backend)
        self.kept.end()
        self.env.cr.execute('SELECT pg_terminate_backend(%s)', (pid,))
        with mute_logger('odoo.sql_db'):
            again, _start = self.read(self.backend)
        self.assertNotEqual(pid, again)

    def test_after_an_error_nothing_is_kept(self):
        with self.assertRaises(ZeroDivisionError):
            self.read(lambda cr: 1 / 0)
        self.assertFalse(self.kept)

    def test_what_is_idle_is_given_back(self):
        self.read(self.backend)
        self.kept.close_idle(60)
        self.assertTrue(self.kept)
        self.kept.close_idle(0)
        self.assertFalse(self.kept)
