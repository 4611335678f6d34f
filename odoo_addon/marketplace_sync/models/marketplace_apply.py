import json
import logging

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError

from ..const import DELIVERY_SIDES, ORDER_SIDES
from ..sync import badge, notice, parts, snapshot, state
from ..sync.values import id_of, items, mapping, text, word
from .marketplace_outbox import checked_log
from .marketplace_transition import Refusal

_logger = logging.getLogger(__name__)

ACTORS = ('buyer', 'us', 'shop', '')

_LINKS_BY_REF = """
SELECT l.id, l.shop_id, l.shop_ref FROM marketplace_link l
  JOIN jsonb_to_recordset(%s::jsonb) AS ref(shop int, ref text) ON l.shop_id = ref.shop AND l.shop_ref = ref.ref
"""

# An outbox row above the version on which the sidecar decided, that this operation did not make itself.
_STALE = """
SELECT 1 FROM marketplace_outbox WHERE link_id = %s AND id > %s AND origin IS DISTINCT FROM %s LIMIT 1
"""

_DONE_BEFORE = """
SELECT operation, link_id FROM marketplace_sync_log
 WHERE operation = ANY(%s) AND direction = 'in' AND outcome = 'applied'
"""

# Never wait for a person: what is locked is "busy", and the sidecar comes again.
_LOCK_ORDERS = 'SELECT id FROM sale_order WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED'
_LOCK_PICKINGS = """
SELECT sale_id FROM stock_picking WHERE id IN (
    SELECT id FROM stock_picking WHERE sale_id = ANY(%s) AND state NOT IN ('done', 'cancel')
     ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
"""


class MarketplaceApply(models.AbstractModel):
    """Carries out in Odoo what happened in a shop: grouped by transition, bisected to single orders on error."""

    _name = 'marketplace.apply'
    _inherit = ['marketplace.wire']
    _description = 'Apply changes of a shop'

    @api.model
    def read(self, request):
        """PROTOCOL.md, marketplace.apply.read."""
        who = self._open(request)
        refs = [
            {'shop': id_of(ref.get('shop'), 'refs[].shop'), 'ref': text(ref.get('ref'), 'refs[].ref', 500)}
            for ref in items(request, 'refs')
        ]
        link_ids = {id_of(link, 'links[]') for link in items(request, 'links')}
        known = self._links_by_ref(refs)
        unknown = [
            {'shop': str(ref['shop']), 'ref': ref['ref']} for ref in refs if (ref['shop'], ref['ref']) not in known
        ]
        links = snapshot.snapshots(self.env.cr, link_ids | set(known.values()))
        return self._answer(who, links=links, unknown=unknown)

    @api.model
    def apply(self, request):
        """PROTOCOL.md, marketplace.apply.apply."""
        who = self._open(request)
        wanted = [_checked(item) for item in items(request, 'items')]
        self = self.sudo()
        results = {}
        for round_ in _one_per_link(wanted):
            self._apply_round(round_, results)
        found = {shot['id']: shot for shot in snapshot.snapshots(self.env.cr, {item['link'] for item in wanted})}
        answers = [_result(item, results[item['position']], found) for item in wanted]
        return self._answer(who, results=answers)

    def _apply_round(self, round_, results):
        """At most one item of each link."""
        todo = []
        done_before = self._done_before(round_)
        links = self.env['marketplace.link'].browse([item['link'] for item in round_]).exists()
        free = self._lock(links.order_id)
        for item in round_:
            link = links.browse(item['link'])
            if (item['operation'], link.id) in done_before:
                results[item['position']] = ('applied', '', '')
            elif link in links and link.order_id and link.order_id not in free:
                results[item['position']] = ('failed', 'busy', 'Someone is working on this order right now.')
            elif self._is_stale(item):
                results[item['position']] = ('stale', '', '')
            elif link not in links:
                results[item['position']] = ('failed', 'no-link', 'This link was deleted in Odoo.')
            else:
                todo.append({**item, 'company': link.company_id.id})
        applied = []
        for group in _groups(todo):
            self._run(group, results, applied)
        self._record(applied)

    def _run(self, group, results, applied):
        """One savepoint for the group. When anything in it fails, its halves are tried on their own."""
        try:
            with self.env.cr.savepoint(flush=False):
                moved = self._move(group)
        except psycopg2.OperationalError:
            raise  # Odoo repeats the whole call
        except Exception as error:  # noqa: BLE001 - one bad order never stops the others
            self._after_rollback()
            if len(group) > 1:
                middle = len(group) // 2
                self._run(group[:middle], results, applied)
                self._run(group[middle:], results, applied)
            else:
                results[group[0]['position']] = _failure(error)
            return
        for item in group:
            results[item['position']] = ('applied', '', '')
            applied.append({**item, **moved[item['link']]})

    def _move(self, group):
        """Carry out, read back, and refuse what did not arrive. Answers what each link became."""
        links = self.env['marketplace.link'].browse([item['link'] for item in group])
        before = {int(shot['id']): snapshot.pair(shot) for shot in snapshot.snapshots(self.env.cr, links.ids)}
        target = (group[0]['order'], group[0]['delivery'])
        operations = {item['link']: (item['operation'], item['log']['hops'] + 1) for item in group}
        by_order = {link.order_id.id: operations[link.id] for link in links if link.order_id}
        with notice.during(self.env.cr, by_order):
            self.env['marketplace.transition']._carry_out(links, target)
            self.env.flush_all()
        shots = {int(shot['id']): shot for shot in snapshot.snapshots(self.env.cr, links.ids)}
        for link in links:
            self.env['marketplace.transition']._check_arrived(link, target, snapshot.pair(shots[link.id]))
        return {
            link.id: {
                'pair': snapshot.pair(shots[link.id]),
                'version_after': shots[link.id]['version'],
                'moved': snapshot.pair(shots[link.id]) != before[link.id],
            }
            for link in links
        }

    def _record(self, applied):
        """Link, log and note, in the same transaction as the change."""
        if not applied:
            return
        cr = self.env.cr
        state.write_links(cr, [_written(item) for item in applied])
        state.write_log(cr, [_logged(item) for item in applied])
        link_ids = [item['link'] for item in applied]
        parts.ensure(cr, link_ids)
        self.env['marketplace.link'].invalidate_model()
        self.env['marketplace.transition']._note([item for item in applied if item['moved']])
        self.env.flush_all()
        badge.announce(self.env, link_ids)

    def _after_rollback(self):
        self.env.transaction.clear()

    def _lock(self, orders):
        cr = self.env.cr
        cr.execute(_LOCK_ORDERS, (orders.ids,))
        locked = {row[0] for row in cr.fetchall()}
        cr.execute(
            "SELECT sale_id, count(*) FROM stock_picking WHERE sale_id = ANY(%s) AND state NOT IN ('done', 'cancel') GROUP BY 1",
            (list(locked),),
        )
        open_pickings = dict(cr.fetchall())
        cr.execute(_LOCK_PICKINGS, (list(locked),))
        for (order_id,) in cr.fetchall():
            open_pickings[order_id] -= 1
        return orders.browse([order_id for order_id in locked if not open_pickings.get(order_id)])

    def _is_stale(self, item):
        self.env.cr.execute(_STALE, (item['link'], item['version'], item['operation']))
        return bool(self.env.cr.fetchone())

    def _done_before(self, wanted):
        self.env.cr.execute(_DONE_BEFORE, ([item['operation'] for item in wanted],))
        return set(self.env.cr.fetchall())

    def _links_by_ref(self, refs):
        self.env.cr.execute(_LINKS_BY_REF, (json.dumps(refs),))
        return {(shop, ref): link for link, shop, ref in self.env.cr.fetchall()}


def _result(item, result, found):
    link = str(item['link'])
    outcome, code, detail = result
    return {
        'operation': item['operation'],
        'link': link,
        'outcome': outcome,
        'code': code,
        'detail': detail,
        'snapshot': found.get(link) or snapshot.gone(link),
    }


def _failure(error):
    if isinstance(error, Refusal):
        return ('conflict', error.code, error.detail)
    if isinstance(error, UserError):
        return ('conflict', 'odoo-refused', str(error.args[0] if error.args else error))
    _logger.exception('A change of a shop could not be applied')
    return ('failed', 'odoo-error', f'Odoo failed: {type(error).__name__}. Its log has the details.')


def _groups(todo):
    """Same target, same company: one call of Odoo's method for all."""
    groups = {}
    for item in todo:
        groups.setdefault((item['order'], item['delivery'], item['company']), []).append(item)
    return groups.values()


def _one_per_link(wanted):
    rounds = []
    seen = {}
    for position, item in enumerate(wanted):
        item['position'] = position
        turn = seen.get(item['link'], 0)
        seen[item['link']] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(item)
    return rounds


def _written(item):
    order, delivery = item['pair']
    return {
        'link': item['link'],
        'operation': item['operation'],
        'state': 'synced',
        'reason': '',
        'detail': '',
        'next_try': None,
        'version': item['version_after'],
        'base': {'status': item['status'], 'order': order, 'delivery': delivery},
        'theirs': item['status'],
        'sent': [],
    }


def _logged(item):
    # this row is also the proof that the operation was carried out
    return {
        **item['log'],
        'link': item['link'],
        'operation': item['operation'],
        'direction': 'in',
        'outcome': 'applied',
    }


def _checked(item):
    mapping(item, 'items[]')
    target = mapping(item.get('target'), 'target')
    operation = text(item.get('operation'), 'operation', 200)
    if not operation:
        raise UserError('REQUEST: an item needs the id of its operation.')
    return {
        'operation': operation,
        'link': id_of(item.get('link'), 'link'),
        'version': id_of(item.get('version'), 'version'),
        'status': text(item.get('status'), 'status', 200),
        'status_label': text(item.get('status_label'), 'status_label', 200),
        'actor': word(item.get('actor', ''), 'actor', ACTORS),
        'reason': text(item.get('reason'), 'reason'),
        'order': word(target.get('order'), 'target.order', ORDER_SIDES),
        'delivery': word(target.get('delivery'), 'target.delivery', DELIVERY_SIDES),
        'log': checked_log(item.get('log')),
    }
