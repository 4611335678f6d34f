"""After the commit: a thread of our own tells the sidecar that rows are waiting. The user's request only queues their ids.

Losing a wake costs the sweep interval and nothing else, so nothing here ever raises, waits for long or is repeated.
"""
import http.client
import json
import logging
import os
import queue
import threading
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import Cursor

from ..const import MAX_WAKE_LINKS, PROTOCOL
from . import badge, identity, sidecar, snapshot
from .kept import IDLE_SECONDS, KeptCursors

_logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 1
MAX_QUEUED = 1000
QUIET_SECONDS = 60
PENDING_AFTER_SECONDS = 0.15

_ROWS = 'marketplace_sync.rows'
_CONFIG = 'marketplace_sync.config'
_STOP = ('', '', [])


def after_commit(cr, row_ids):
    """Remember rows of this transaction; one callback hands all of them over."""
    if not row_ids:
        return
    data = cr.postcommit.data
    if _ROWS in data:
        data[_ROWS].extend(row_ids)
        return
    data[_ROWS] = list(row_ids)
    dbname = cr.dbname
    cr.postcommit.add(lambda: _hand_over(dbname, '/odoo/wake', data.pop(_ROWS, [])))


def config_after_commit(cr):
    """Shops or settings changed."""
    data = cr.postcommit.data
    if _CONFIG not in data:
        data[_CONFIG] = True
        dbname = cr.dbname
        cr.postcommit.add(lambda: data.pop(_CONFIG, None) and _hand_over(dbname, '/odoo/config-changed', []))


class Sender:
    """One daemon thread per process."""

    def __init__(self):
        self.pid = os.getpid()
        self.running = True
        self.queue = queue.SimpleQueue()
        self.waiting = []  # (when, database, row ids): to be called pending unless acknowledged by then
        self.lines = {}  # address -> open connection
        self.complained = {}
        self.cursors = KeptCursors()
        self.thread = threading.Thread(target=self._run, name='marketplace_sync.wake', daemon=True)
        self.thread.start()

    def put(self, item):
        while self.queue.qsize() >= MAX_QUEUED:
            self._take(block=False)
        self.queue.put(item)

    def stop(self):
        """End after what is queued."""
        self.queue.put(_STOP)
        self.thread.join()

    def _run(self):
        while self.running:
            try:
                self._turn()
            except Exception as error:  # noqa: BLE001 - this thread must outlive any surprise
                self._complain('the wake thread stumbled', error)
        self.cursors.close_idle(0)

    def _turn(self):
        first = self._take(timeout=self._until_next())
        for (dbname, path), row_ids in _coalesced(first, self._drained()).items():
            if not dbname:
                self.running = False
                continue
            self._send(dbname, path, row_ids)
            if row_ids:
                self.waiting.append((time.monotonic() + PENDING_AFTER_SECONDS, dbname, row_ids))
        self._call_pending()
        self.cursors.close_idle()

    def _take(self, *, block=True, timeout=None):
        try:
            return self.queue.get(block, timeout)
        except queue.Empty:
            return None

    def _drained(self):
        while (item := self._take(block=False)) is not None:
            yield item

    def _until_next(self):
        if self.waiting:
            return max(0.0, self.waiting[0][0] - time.monotonic())
        return IDLE_SECONDS if self.cursors else None

    def _send(self, dbname, path, row_ids):
        try:
            found = self.cursors.read(dbname, lambda cr: prepare(cr, path, row_ids))
            if found:
                self._post(*found)
        except Exception as error:  # noqa: BLE001 - the sweep finds what could not be told
            self._complain(f'the sidecar could not be told about {dbname}', error)
        finally:
            self.cursors.end()

    def _post(self, who, path, body):
        headers = sidecar.signed_headers(who.key, body)
        reused = who.sidecar_url in self.lines
        try:
            self._post_once(who.sidecar_url, path, body, headers)
        except (OSError, http.client.HTTPException):
            self._hang_up(who.sidecar_url)
            if not reused:
                raise
            # the other side closes idle lines: one fresh try, and no more
            try:
                self._post_once(who.sidecar_url, path, body, headers)
            except (OSError, http.client.HTTPException):
                self._hang_up(who.sidecar_url)
                raise

    def _post_once(self, url, path, body, headers):
        if url not in self.lines:
            self.lines[url] = sidecar.connect(url, TIMEOUT_SECONDS)
        self.lines[url].request('POST', sidecar.path_of(url, path), body, headers)
        response = self.lines[url].getresponse()
        response.read()
        if response.status >= 300:
            self._complain(f'{url} refused the wake', f'HTTP status {response.status}')

    def _hang_up(self, url):
        self.lines.pop(url).close()

    def _call_pending(self):
        now = time.monotonic()
        due = [entry for entry in self.waiting if entry[0] <= now]
        self.waiting = self.waiting[len(due):]
        for (dbname, _path), row_ids in _coalesced(None, ((db, '', ids) for _when, db, ids in due)).items():
            try:
                _announce_waiting(dbname, row_ids)
            except Exception as error:  # noqa: BLE001 - a badge turns with the next message
                self._complain('the badges could not be told', error)

    def _complain(self, what, error):
        now = time.monotonic()
        if now - self.complained.get(what, -QUIET_SECONDS) >= QUIET_SECONDS:
            self.complained[what] = now
            _logger.info('%s: %s. The sweep will find the rows.', what, error)


def prepare(cr, path, row_ids):
    """`(identity, path, body)` to send, or None. Reads on a cursor of its own: a row of a rolled-back savepoint is not there."""
    who = identity.read(cr)
    if not who.paired or who.is_copy:
        return None
    if path != '/odoo/wake':
        return who, path, b'{}'
    links = snapshot.of_rows(cr, row_ids, MAX_WAKE_LINKS, kept=isinstance(cr, Cursor))
    if not links:
        return None
    body = {
        'protocol': PROTOCOL,
        'epoch': who.epoch,
        'uuid': who.uuid,
        'fingerprint': who.fingerprint,
        'instance': who.instance,
        'links': links,
    }
    return who, path, json.dumps(body, separators=(',', ':')).encode()


def _announce_waiting(dbname, row_ids):
    with Registry(dbname).cursor() as cr:
        badge.announce_waiting(api.Environment(cr, SUPERUSER_ID, {}), row_ids)


def _coalesced(first, others):
    found = {}
    for item in ([first] if first else []) + list(others):
        dbname, path, row_ids = item
        found.setdefault((dbname, path), []).extend(row_ids)
    return found


_sender = None
_starting = threading.Lock()


def _hand_over(dbname, path, row_ids):
    sender().put((dbname, path, row_ids))


def sender():
    """Started lazily, and again in each forked worker, which inherits no thread."""
    global _sender
    with _starting:
        if _sender is None or _sender.pid != os.getpid():
            _sender = Sender()
        return _sender
