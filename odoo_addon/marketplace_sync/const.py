"""What is noticed, and the words for it. The wire's words are those of the sidecar's PROTOCOL.md."""

PROTOCOL = 1

# Column -> why its change matters to a shop.
WATCHED_ORDER = frozenset(
    {
        'state',  # the order side of the pair
        'locked',  # "completed" is a confirmed order that is locked: there is no state "done"
        'marketplace_buyer_code',  # a push may be waiting for it
        'marketplace_cancel_reason',
    }
)
WATCHED_LINE = frozenset({'product_id', 'product_uom_qty', 'price_unit', 'discount'})
WATCHED_PICKING = frozenset(
    {
        'state',  # computed and stored: only the flush sees every path to it
        'sale_id',  # a new delivery comes to belong to the order, sometimes after its state was written
    }
)

ORDER_STATE_CAUSE = {
    'draft': 'order_draft',
    'sent': 'order_send',
    'sale': 'order_confirm',
    'cancel': 'order_cancel',
}
PICKING_STATE_CAUSE = {'done': 'delivery_done', 'cancel': 'delivery_cancel'}

ORDER_SIDES = frozenset({'draft', 'sent', 'sale', 'locked', 'cancel'})
DELIVERY_SIDES = frozenset(
    {'none', 'waiting', 'ready', 'partial', 'done', 'cancel', 'returning', 'partly_returned', 'returned'}
)
OUTCOMES = frozenset({'sent', 'folded', 'nothing', 'skipped', 'refused', 'conflict', 'failed'})

SYNC_STATES = [
    ('pending', 'Pending'),
    ('syncing', 'Syncing'),
    ('synced', 'Synced'),
    ('failed', 'Failed'),
    ('conflict', 'Conflict'),
]
LOG_OUTCOMES = [
    ('sent', 'Sent'),
    ('applied', 'Done in Odoo'),
    ('nothing', 'Nothing to do'),
    ('folded', 'Folded'),
    ('skipped', 'Skipped'),
    ('retry', 'Will be tried again'),
    ('refused', 'Refused'),
    ('conflict', 'Conflict'),
    ('failed', 'Failed'),
]
# Why a row was written: PROTOCOL.md's causes, and where news of a shop came from.
CAUSES = [
    ('linked', 'Order linked'),
    ('order_draft', 'Back to quotation'),
    ('order_send', 'Quotation sent'),
    ('order_confirm', 'Order confirmed'),
    ('order_lock', 'Order locked'),
    ('order_unlock', 'Order unlocked'),
    ('order_cancel', 'Order cancelled'),
    ('order_delete', 'Order deleted'),
    ('order_lines', 'Order lines changed'),
    ('delivery_state', 'Delivery changed'),
    ('delivery_done', 'Delivery validated'),
    ('delivery_cancel', 'Delivery cancelled'),
    ('return_state', 'Return changed'),
    ('input', 'Answer for the shop entered'),
    ('answer_ours', "Odoo's version chosen"),
    ('answer_theirs', "Shop's version chosen"),
    ('resync', 'Sync now'),
    ('poll', 'News in the shop'),
    ('webhook', 'Message of the shop'),
    ('answer', 'Read from the shop'),
    ('shop', 'The shop'),
]
FULFILLERS = [('us', 'Us'), ('shop', 'The marketplace')]

# Bounds of one call: what is larger is a mistake, not a bigger batch.
MAX_ITEMS = 1000
MAX_LEASE_SECONDS = 3600
MAX_TEXT = 2000
MAX_WAKE_LINKS = 200

BUS_CHANNEL = 'marketplace_sync'
BUS_BADGE = 'marketplace_sync/badge'

# ir.config_parameter: readable by administrators only.
PARAM = 'marketplace_sync.'
DEFAULT_SIDECAR_URL = 'http://127.0.0.1:8787'
