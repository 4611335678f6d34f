"""Ties an order's deliveries, returns and lines to its link. Written in the technical user's transactions only."""

_ENSURE = """
INSERT INTO marketplace_link_part (link_id, company_id, kind, res_model, res_id)
SELECT l.id, l.company_id, CASE WHEN source.usage = 'customer' THEN 'return' ELSE 'delivery' END, 'stock.picking', p.id
  FROM marketplace_link l
  JOIN stock_picking p ON p.sale_id = l.order_id
  JOIN stock_location source ON source.id = p.location_id
  JOIN stock_location target ON target.id = p.location_dest_id
   AND (source.usage = 'customer') <> (target.usage = 'customer')
 WHERE l.id = ANY(%(links)s)
UNION ALL
SELECT l.id, l.company_id, 'line', 'sale.order.line', line.id
  FROM marketplace_link l
  JOIN sale_order_line line ON line.order_id = l.order_id AND line.display_type IS NULL
 WHERE l.id = ANY(%(links)s)
ON CONFLICT (link_id, res_model, res_id) DO NOTHING
"""


def ensure(cr, link_ids):
    if link_ids:
        cr.execute(_ENSURE, {'links': list(link_ids)})
