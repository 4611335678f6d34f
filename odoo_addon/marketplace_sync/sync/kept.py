"""A connection that is kept while changes follow each other: the next wake then finds its plan made and its cursor open."""
import time
from contextlib import contextmanager

import psycopg2
from odoo.modules.registry import Registry
from odoo.sql_db import Cursor

IDLE_SECONDS = 20


class KeptCursors:
    """For one thread."""

    def __init__(self):
        self._open = {}  # database -> (cursor, when it was used last)

    def __bool__(self):
        return bool(self._open)

    def read(self, dbname, work):
        """`work(cursor)` in a transaction that `end` ends. A connection that broke meanwhile is opened anew, once."""
        reused = dbname in self._open
        try:
            with self._cursor(dbname) as cr:
                return work(cr)
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            if not reused:
                raise
        with self._cursor(dbname) as cr:
            return work(cr)

    @contextmanager
    def _cursor(self, dbname):
        cr, _used = self._open.pop(dbname, (None, 0))
        if cr is None:
            cr = Registry(dbname).cursor()
        try:
            yield cr
        except BaseException:
            cr.close()
            raise
        # a test's cursor belongs to the test
        if isinstance(cr, Cursor):
            self._open[dbname] = (cr, time.monotonic())
        else:
            cr.close()

    def end(self):
        """Nobody waits for it: called when what was read has been used."""
        for dbname, (cr, _used) in list(self._open.items()):
            try:
                cr.rollback()
            except psycopg2.Error:
                del self._open[dbname]
                cr.close()

    def close_idle(self, idle_seconds=IDLE_SECONDS):
        now = time.monotonic()
        for dbname, (cr, used) in list(self._open.items()):
            if now - used >= idle_seconds:
                del self._open[dbname]
                cr.close()
