"""Writes outbox rows: one SQL INSERT per recordset, in the user's own transaction, and nothing else.

No ORM create and no extra read: an order that no link knows inserts no row. The row never carries the pair; whoever
reads it looks at the order as it is then.
"""
import json
from contextlib import contextmanager

from ..const import (
    ORDER_STATE_CAUSE,
    PICKING_STATE_CAUSE,
    WATCHED_LINE,
    WATCHED_ORDER,
    WATCHED_PICKING,
)
from . import wake

_OPERATION = 'marketplace_sync.operation'
_SKIP = 'marketplace_sync.skip'

_INSERT = """
INSERT INTO marketplace_outbox (link_id, cause, user_id, origin, hops, skipped, at)
SELECT l.id, {cause}, v.user_id, {stamp}, %(skipped)s, clock_timestamp() AT TIME ZONE 'UTC'
  FROM unnest(%(ids)s::int[], %(causes)s::varchar[], %(users)s::int[]) AS v(id, cause, user_id)
  {source}
RETURNING id
"""
_NO_STAMP = 'NULL, 0'
_STAMP = """%(operations)s::jsonb -> l.order_id::text ->> 0,
       COALESCE((%(operations)s::jsonb -> l.order_id::text ->> 1)::int, 0)"""


def _insert_sql(cause, source):
    """For a person's change, and for one of our own operations. Planning is what costs here: no join that is not needed."""
    return tuple(_INSERT.format(cause=cause, source=source, stamp=stamp) for stamp in (_NO_STAMP, _STAMP))


_FROM_ORDERS = _insert_sql(cause='v.cause', source='JOIN marketplace_link l ON l.order_id = v.id')

# Only what goes to the customer or comes back from him: receipts and steps inside the warehouse are nobody's business.
_FROM_PICKINGS = _insert_sql(
    cause="""CASE WHEN (SELECT usage FROM stock_location WHERE id = p.location_id) = 'customer'
            THEN 'return_state' ELSE v.cause END""",
    source="""JOIN stock_picking p ON p.id = v.id
  JOIN marketplace_link l ON l.order_id = p.sale_id
 WHERE (SELECT count(*) FROM stock_location side
         WHERE side.id IN (p.location_id, p.location_dest_id) AND side.usage = 'customer') = 1""",
)

# One row per order, however many of its lines changed.
_FROM_LINES = _insert_sql(
    cause="'order_lines'",
    source="""JOIN sale_order_line line ON line.id = v.id AND line.display_type IS NULL
  JOIN marketplace_link l ON l.order_id = line.order_id
 GROUP BY l.id, l.order_id, v.user_id""",
)

_FROM_LINK = """
INSERT INTO marketplace_outbox (link_id, cause, user_id, hops, skipped, at)
SELECT id, %(cause)s, %(user)s, 0, false, clock_timestamp() AT TIME ZONE 'UTC'
  FROM marketplace_link WHERE id = ANY(%(ids)s) ORDER BY id
RETURNING id
"""


def orders_written(records, vals_list):
    _notice(records, vals_list, WATCHED_ORDER, _order_cause, _FROM_ORDERS)


def lines_written(records, vals_list):
    _notice(records, vals_list, WATCHED_LINE, _line_cause, _FROM_LINES)


def pickings_written(records, vals_list):
    _notice(records, vals_list, WATCHED_PICKING, _picking_cause, _FROM_PICKINGS)


def lines_touched(lines):
    """Lines created, or about to be deleted."""
    _insert(lines.env, _FROM_LINES, [(line_id, 'order_lines', lines.env.uid) for line_id in lines.ids])


def orders_deleted(orders):
    """Called before the deletion, which empties the link's order."""
    _insert(orders.env, _FROM_ORDERS, [(order_id, 'order_delete', orders.env.uid) for order_id in orders.ids])


def links_touched(links, cause):
    """A person asked: linked, resync, answer_ours, answer_theirs."""
    links.env.cr.execute(_FROM_LINK, {'cause': cause, 'user': links.env.uid, 'ids': links.ids})
    wake.after_commit(links.env.cr, [row[0] for row in links.env.cr.fetchall()])


@contextmanager
def during(cr, operations):
    """Stamp what happens meanwhile to these orders: `{order id: (operation, hops)}`.

    It is kept on the transaction and not in the context, because Odoo flushes some changes with an environment of its own.
    """
    data = cr.postcommit.data
    data[_OPERATION] = json.dumps({str(order): list(stamp) for order, stamp in operations.items()})
    try:
        yield
    finally:
        data.pop(_OPERATION, None)


@contextmanager
def honouring_skip(env):
    """Under the context `skip_marketplace_sync` rows are stored as skipped by the caller, and never sent.

    What was changed before by someone else in this transaction is flushed first, so that it is not skipped with the rest.
    """
    data = env.cr.postcommit.data
    if not env.context.get('skip_marketplace_sync') or data.get(_SKIP):
        yield
        return
    _flush(env)
    data[_SKIP] = True
    try:
        yield
        _flush(env)
    finally:
        data.pop(_SKIP, None)


def _flush(env):
    env['sale.order'].flush_model(sorted(WATCHED_ORDER))
    env['sale.order.line'].flush_model(sorted(WATCHED_LINE))
    env['stock.picking'].flush_model(sorted(WATCHED_PICKING))


def _notice(records, vals_list, watched, cause_of, sql):
    uid = records.env.uid
    noticed = [
        (record_id, cause_of(vals), vals.get('write_uid') or uid)
        for record_id, vals in zip(records._ids, vals_list)
        if not watched.isdisjoint(vals)
    ]
    if noticed:
        _insert(records.env, sql, noticed)


def _insert(env, sql, noticed):
    if not noticed:
        return
    cr = env.cr
    ids, causes, users = zip(*noticed)
    operations = cr.postcommit.data.get(_OPERATION)
    cr.execute(
        sql[operations is not None],
        {
            'ids': list(ids),
            'causes': list(causes),
            'users': list(users),
            'operations': operations,
            'skipped': bool(cr.postcommit.data.get(_SKIP)),
        },
    )
    wake.after_commit(cr, [row[0] for row in cr.fetchall()])


def _order_cause(vals):
    if 'state' in vals:
        return ORDER_STATE_CAUSE.get(vals['state'], 'order_draft')
    if 'locked' in vals:
        return 'order_lock' if vals['locked'] else 'order_unlock'
    return 'input'


def _line_cause(vals):
    return 'order_lines'


def _picking_cause(vals):
    return PICKING_STATE_CAUSE.get(vals.get('state'), 'delivery_state')
