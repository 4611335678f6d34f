"""Writes what became of links and outbox rows: set-based, because a batch of five hundred is one statement."""
import json

_CLOSE_ROWS = """
WITH given AS (
    SELECT item.link, item.outcome, entry.value::bigint AS id,
           max(entry.value::bigint) OVER (PARTITION BY item.position) AS last
      FROM jsonb_to_recordset(%(items)s::jsonb) AS item(position int, link bigint, outcome text, rows jsonb),
           jsonb_array_elements_text(item.rows) AS entry(value)
     WHERE item.outcome <> ''
)
UPDATE marketplace_outbox r
   SET closed_at = now() AT TIME ZONE 'UTC', claimed_until = NULL,
       outcome = CASE WHEN r.id = given.last THEN given.outcome ELSE 'folded' END,
       folded_into = CASE WHEN r.id <> given.last THEN given.last END
  FROM given
 WHERE r.id = given.id AND r.link_id = given.link AND r.closed_at IS NULL
"""

# Operation ids sort by time: an older word never overwrites a newer one.
_WRITE_LINKS = """
UPDATE marketplace_link l
   SET sync_state = item.state, reason = item.reason, detail = item.detail,
       next_try = item.next_try::timestamp,
       state_version = item.version,
       last_operation = CASE WHEN item.operation = '' THEN l.last_operation ELSE item.operation END,
       base_status = COALESCE(item.base ->> 'status', l.base_status),
       base_order = COALESCE(item.base ->> 'order', l.base_order),
       base_delivery = COALESCE(item.base ->> 'delivery', l.base_delivery),
       theirs = COALESCE(item.theirs, l.theirs),
       sent = COALESCE(item.sent, l.sent),
       fulfilled_by = COALESCE(item.fulfilled_by, l.fulfilled_by),
       last_synced = CASE WHEN item.state = 'synced' THEN now() AT TIME ZONE 'UTC' ELSE l.last_synced END
  FROM jsonb_to_recordset(%(items)s::jsonb) AS item(
       link bigint, operation text, state text, reason text, detail text, next_try text, version bigint,
       base jsonb, theirs text, sent jsonb, fulfilled_by text)
 WHERE l.id = item.link
   AND (item.operation = '' OR l.last_operation IS NULL OR item.operation >= l.last_operation)
"""

# A repeated answer writes no second line: the index over these columns is unique.
_WRITE_LOG = """
INSERT INTO marketplace_sync_log (
       link_id, shop_id, company_id, order_id, order_name, shop_ref, at, direction, operation, attempt, trigger, user_id, who,
       base, ours, theirs, rule, sent, answer, code, duration_ms, outcome, hops)
SELECT l.id, l.shop_id, l.company_id, l.order_id, o.name, l.shop_ref, item.at::timestamp, item.direction, item.operation,
       item.attempt, item.trigger, u.id, COALESCE(p.name, item.who), item.base, item.ours, item.theirs, item.rule, item.sent, item.answer,
       item.code, item.duration_ms, item.outcome, item.hops
  FROM jsonb_to_recordset(%(log)s::jsonb) AS item(
       link bigint, at text, direction text, operation text, attempt int, trigger text, user_id int, who text, base text,
       ours text, theirs text, rule text, sent text, answer text, code text, duration_ms int, outcome text, hops int)
  JOIN marketplace_link l ON l.id = item.link
  LEFT JOIN sale_order o ON o.id = l.order_id
  LEFT JOIN res_users u ON u.id = item.user_id
  LEFT JOIN res_partner p ON p.id = u.partner_id
ON CONFLICT DO NOTHING
"""


def close_rows(cr, items):
    given = [{'position': n, **{k: item[k] for k in ('link', 'outcome', 'rows')}} for n, item in enumerate(items)]
    cr.execute(_CLOSE_ROWS, {'items': json.dumps(given)})


def write_links(cr, items):
    """Several words about one link in a batch are written one after the other, in their order."""
    for round_ in _rounds(items):
        cr.execute(_WRITE_LINKS, {'items': json.dumps(round_)})


def write_log(cr, log):
    if log:
        cr.execute(_WRITE_LOG, {'log': json.dumps(log)})


def _rounds(items):
    rounds = []
    seen = {}
    for item in items:
        turn = seen.get(item['link'], 0)
        seen[item['link']] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(item)
    return rounds
