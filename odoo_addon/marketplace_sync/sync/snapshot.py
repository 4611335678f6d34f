"""Links as the wire shows them, with the pair derived from the order and its deliveries as they are now.

One SQL for any number of links; the wake, claim, read and apply all use it. What goes to the customer is a delivery,
what comes back from him is a return; pick and pack steps say nothing to a shop.
"""
from .planned import Planned
from .values import ISO_SQL

# Odoo's own setting writes exactly this implication.
_AUTO_LOCK = """(
SELECT EXISTS (
    SELECT 1 FROM res_groups_implied_rel rel
      JOIN ir_model_data base ON base.res_id = rel.gid AND base.module = 'base' AND base.name = 'group_user'
       AND base.model = 'res.groups'
      JOIN ir_model_data auto ON auto.res_id = rel.hid AND auto.module = 'sale' AND auto.name = 'group_auto_done_setting'
       AND auto.model = 'res.groups'))"""

_SQL = f"""
WITH link AS (
    SELECT l.*, shop.lock_means_delivered AS lock_mode
      FROM marketplace_link l JOIN marketplace_shop shop ON shop.id = l.shop_id
     WHERE l.id = ANY(%(links)s)
), moved AS (
    SELECT p.id, p.sale_id AS order_id, p.state, source.usage = 'customer' AS back
      FROM stock_picking p
      JOIN stock_location source ON source.id = p.location_id
      JOIN stock_location target ON target.id = p.location_dest_id
     WHERE p.sale_id IN (SELECT order_id FROM link)
       AND (source.usage = 'customer') <> (target.usage = 'customer')
), side AS (
    SELECT order_id,
           count(*) FILTER (WHERE NOT back) AS deliveries,
           count(*) FILTER (WHERE NOT back AND state = 'cancel') AS cancelled,
           count(*) FILTER (WHERE NOT back AND state = 'done') AS done,
           count(*) FILTER (WHERE NOT back AND state = 'assigned') AS ready,
           count(*) FILTER (WHERE NOT back AND state NOT IN ('done', 'cancel')) AS open,
           count(*) FILTER (WHERE back AND state NOT IN ('done', 'cancel')) AS returning,
           count(*) FILTER (WHERE back AND state = 'done') AS returned
      FROM moved GROUP BY order_id
), kept AS (
    -- what is still at the customer, where something came back
    SELECT moved.order_id
      FROM moved
      JOIN side ON side.order_id = moved.order_id AND side.returned > 0
      JOIN stock_move_line line ON line.picking_id = moved.id AND line.state = 'done'
     WHERE moved.state = 'done'
     GROUP BY moved.order_id, line.product_id
    HAVING sum(CASE WHEN back THEN -line.quantity_product_uom ELSE line.quantity_product_uom END) > 0.000001
), delivery AS (
    SELECT link.id AS link_id,
           CASE WHEN o.id IS NULL THEN 'cancel'
                WHEN COALESCE(side.deliveries, 0) = 0 THEN 'none'
                WHEN side.cancelled = side.deliveries THEN 'cancel'
                WHEN side.done > 0 AND side.returning > 0 THEN 'returning'
                WHEN side.done > 0 AND side.open > 0 THEN 'partial'
                WHEN side.done > 0 AND side.returned > 0 THEN
                     CASE WHEN EXISTS (SELECT 1 FROM kept WHERE kept.order_id = o.id) THEN 'partly_returned' ELSE 'returned' END
                WHEN side.done > 0 THEN 'done'
                WHEN side.ready > 0 THEN 'ready'
                ELSE 'waiting' END AS word
      FROM link
      LEFT JOIN sale_order o ON o.id = link.order_id
      LEFT JOIN side ON side.order_id = o.id
)
SELECT link.id, link.shop_id, COALESCE(link.shop_ref, ''), COALESCE(link.order_id::text, ''), COALESCE(o.name, link.shop_number, ''),
       link.company_id, COALESCE(link.owner, false), COALESCE(link.fulfilled_by, 'us'),
       link.base_status, link.base_order, link.base_delivery, COALESCE(link.theirs, ''), COALESCE(link.sent, '[]'::jsonb),
       COALESCE(link.last_operation, ''), COALESCE(link.sync_state, 'pending'),
       CASE WHEN o.id IS NULL THEN 'cancel'
            WHEN o.state = 'sale' AND o.locked
             AND (link.lock_mode = 'yes' OR COALESCE(link.lock_mode, 'auto') = 'auto' AND NOT {_AUTO_LOCK})
             AND (delivery.word IN ('done', 'returning', 'partly_returned', 'returned')
                  OR delivery.word = 'none' AND NOT EXISTS (
                     SELECT 1 FROM sale_order_line line
                       JOIN product_product product ON product.id = line.product_id
                       JOIN product_template template ON template.id = product.product_tmpl_id
                      WHERE line.order_id = o.id AND template.type = 'consu' AND line.product_uom_qty > 0))
            THEN 'locked' ELSE o.state END,
       delivery.word,
       COALESCE(o.marketplace_buyer_code, ''), COALESCE(o.marketplace_cancel_reason, ''),
       COALESCE((SELECT max(r.id) FROM marketplace_outbox r WHERE r.link_id = link.id), 0)::text,
       COALESCE((SELECT jsonb_agg(jsonb_build_object(
                 'id', r.id::text, 'cause', r.cause, 'user', r.user_id::text, 'origin', COALESCE(r.origin, ''),
                 'hops', r.hops, 'skipped', r.skipped, 'at', to_char(r.at, {ISO_SQL})) ORDER BY r.id)
            FROM marketplace_outbox r WHERE r.link_id = link.id AND r.closed_at IS NULL), '[]'::jsonb)
  FROM link
  JOIN delivery ON delivery.link_id = link.id
  LEFT JOIN sale_order o ON o.id = link.order_id
 ORDER BY link.id
"""

# Of the links that these rows are about: a row that is closed meanwhile, or was rolled back, is not there.
_OF_ROWS = Planned(
    _SQL.replace(
        'l.id = ANY(%(links)s)',
        """l.id IN (SELECT DISTINCT r.link_id FROM marketplace_outbox r
                     WHERE r.id = ANY(%(rows)s) AND r.closed_at IS NULL ORDER BY r.link_id LIMIT %(most)s)""",
    ),
    rows='bigint[]',
    most='int',
)


def of_rows(cr, row_ids, most, *, kept=False):
    """The links that these open rows are about."""
    _OF_ROWS.execute(cr, kept=kept, rows=list(row_ids), most=most)
    return [_snapshot(*row) for row in cr.fetchall()]


def snapshots(cr, link_ids):
    """What the sidecar sees of these links, by ascending id. The caller has flushed."""
    if not link_ids:
        return []
    cr.execute(_SQL, {'links': list(link_ids)})
    return [_snapshot(*row) for row in cr.fetchall()]


def gone(link):
    """Of a link that was deleted: one of these must not stop a batch."""
    return _snapshot(
        link, '0', '', '', '', '0', False, 'us', None, None, None, '', [], '', 'failed', 'cancel', 'cancel', '', '', '0', []
    )


def pair(snapshot):
    return snapshot['ours']['order'], snapshot['ours']['delivery']


def _snapshot(
    link, shop, ref, order, order_name, company, owner, fulfilled_by, base_status, base_order, base_delivery, theirs,
    sent, operation, state, ours_order, ours_delivery, buyer_code, cancel_reason, version, rows,
):
    found = {
        'id': str(link),
        'shop': str(shop),
        'ref': ref,
        'order': order,
        'order_name': order_name,
        'company': str(company),
        'owner': owner,
        'fulfilled_by': fulfilled_by,
        'version': version,
        'theirs': theirs,
        'sent': sent,
        'operation': operation,
        'state': state,
        'ours': {'order': ours_order, 'delivery': ours_delivery},
        'inputs': {'buyer_code': buyer_code, 'cancel_reason': cancel_reason},
        'answer': _answer(rows),
        'rows': rows,
    }
    if base_status and base_order and base_delivery:
        found['base'] = {'status': base_status, 'order': base_order, 'delivery': base_delivery}
    return found


def _answer(rows):
    for row in reversed(rows):
        if row['cause'] in ('answer_ours', 'answer_theirs'):
            return row['cause'].removeprefix('answer_')
    return ''
