"""What a person sees of a link, derived in one SQL for a whole list.

Rows that nobody acknowledged, and that the sidecar has not spoken about yet, mean "pending" (or "syncing" when they are
leased). Otherwise the sidecar's last word stands: this is how "the shop is down, next try at ..." stays visible although
its rows still wait. Rows made by our own apply are echoes, rows skipped by their caller are never sent: neither counts.
"""
from ..const import BUS_BADGE, BUS_CHANNEL
from .values import iso, utc_now

_WAITING = """
LEFT JOIN LATERAL (
    SELECT max(r.id) AS newest, bool_or(r.claimed_until > (now() AT TIME ZONE 'UTC')) AS leased
      FROM marketplace_outbox r
     WHERE r.link_id = l.id AND r.closed_at IS NULL AND NOT r.skipped
       AND (r.origin IS NULL OR r.origin IS DISTINCT FROM l.last_operation)) waiting ON true
"""
_NEWS = "(waiting.newest IS NOT NULL AND (l.sync_state = 'synced' OR waiting.newest > COALESCE(l.state_version, 0)))"
_STATE = f"""
CASE WHEN {_NEWS} THEN CASE WHEN waiting.leased THEN 'syncing' ELSE 'pending' END
     ELSE COALESCE(l.sync_state, 'pending') END
"""

_BADGES = f"""
SELECT l.id, l.order_id, l.company_id, shop.name,
       COALESCE((SELECT max(r.id) FROM marketplace_outbox r WHERE r.link_id = l.id), 0)::text AS version,
       {_STATE} AS state,
       CASE WHEN {_NEWS} THEN '' ELSE COALESCE(l.reason, '') END AS reason,
       CASE WHEN {_NEWS} THEN '' ELSE COALESCE(l.detail, '') END AS detail,
       l.next_try, l.last_synced, COALESCE(NULLIF(l.theirs, ''), l.base_status, '') AS status,
       (SELECT entry ->> 'label' FROM jsonb_array_elements(connector.statuses) entry
         WHERE entry ->> 'code' = COALESCE(NULLIF(l.theirs, ''), l.base_status) LIMIT 1) AS label
  FROM marketplace_link l
  JOIN marketplace_shop shop ON shop.id = l.shop_id
  JOIN marketplace_connector connector ON connector.id = shop.connector_id
  {_WAITING}
 WHERE l.{{by}} = ANY(%s) {{only}}
 ORDER BY l.id
"""
_BY_LINK = _BADGES.format(by='id', only='')
_BY_ORDER = _BADGES.format(by='order_id', only='AND l.owner')

# in brackets: 18 puts none around it in a domain
ORDERS_IN_STATE = f"""(
SELECT l.order_id FROM marketplace_link l {_WAITING}
 WHERE l.owner AND l.order_id IS NOT NULL AND ({_STATE}) IN %s
)"""

# The 150 ms after a commit are the sidecar's: what it did by then needs no "pending" first.
_STILL_WAITING = f"""
SELECT DISTINCT r.link_id FROM marketplace_outbox r JOIN marketplace_link l ON l.id = r.link_id
 WHERE r.id = ANY(%s) AND r.closed_at IS NULL AND NOT r.skipped AND (r.origin IS NULL OR r.origin IS DISTINCT FROM l.last_operation)
"""


def of_orders(cr, order_ids):
    """`{order id: badge}` of the orders' owning links."""
    cr.execute(_BY_ORDER, (list(order_ids),))
    return {row[1]: _badge(row) for row in cr.fetchall()}


def of_links(cr, link_ids):
    """`{link id: badge}`."""
    cr.execute(_BY_LINK, (list(link_ids),))
    return {row[0]: _badge(row) for row in cr.fetchall()}


def announce(env, link_ids):
    """ONE bus message per company. It names no order and tells no detail: whoever may read asks Odoo for the rest."""
    if not link_ids:
        return
    at = iso(utc_now())
    env.cr.execute(_BY_LINK, (list(link_ids),))
    by_company = {}
    for row in env.cr.fetchall():
        badge = _badge(row)
        message = {key: badge[key] for key in ('link', 'version', 'state', 'reason')}
        by_company.setdefault(row[2], []).append({**message, 'at': at})
    for company_id, badges in by_company.items():
        company = env['res.company'].browse(company_id)
        env['bus.bus']._sendone((company, BUS_CHANNEL), BUS_BADGE, {'badges': badges})


def announce_waiting(env, row_ids):
    env.cr.execute(_STILL_WAITING, (list(row_ids),))
    announce(env, [row[0] for row in env.cr.fetchall()])


def _badge(row):
    link, _order, _company, shop, version, state, reason, detail, next_try, last_synced, status, label = row
    return {
        'link': str(link),
        'version': version,
        'state': state,
        'reason': reason,
        'detail': detail,
        'shop': shop,
        'shop_status': label or status,
        'next_try': iso(next_try),
        'last_synced': iso(last_synced),
    }
