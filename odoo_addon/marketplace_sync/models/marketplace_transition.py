from odoo import models
from odoo.tools import float_compare

UNDELIVERED = frozenset({'none', 'waiting', 'ready'})
CAME_BACK = frozenset({'returning', 'partly_returned', 'returned'})
# No wizard may ask: there is nobody to answer.
QUIET = {'skip_backorder': True, 'skip_sms': True, 'disable_cancel_warning': True}


class Refusal(Exception):
    """Odoo could do it, and must not: a person has to look."""

    def __init__(self, code, detail):
        super().__init__(detail)
        self.code = code
        self.detail = detail


class MarketplaceTransition(models.AbstractModel):
    """From a target pair to Odoo's own methods. Nothing here writes a state."""

    _name = 'marketplace.transition'
    _description = 'Transitions that a shop asks for'

    def _carry_out(self, links, target):
        """Bring the links' orders, all of one company, to the target pair, or raise."""
        order_side, delivery_side = target
        company = links.company_id
        orders = links.order_id.with_company(company).with_context(allowed_company_ids=company.ids, **QUIET)
        if order_side in ('draft', 'sent'):
            self._want_quotation(orders)
        elif order_side == 'cancel':
            self._cancel(orders)
        elif delivery_side in UNDELIVERED:
            self._confirm(orders)
        elif delivery_side == 'done':
            self._deliver(orders)
        elif delivery_side in CAME_BACK:
            self._take_back(orders)
        else:
            raise Refusal('needs-person', 'Which goods of the order this is about has to be told by a person.')
        if order_side == 'locked':
            orders.filtered(lambda order: order.state == 'sale' and not order.locked).action_lock()

    def _check_arrived(self, link, target, pair):
        """What was read back decides, not what the methods answered."""
        if not link.order_id:
            if target[0] != 'cancel':
                raise Refusal('needs-person', 'The order was deleted in Odoo.')
            return
        if not _same_order_side(target[0], pair[0], link.order_id) or not _same_delivery_side(target, pair):
            raise Refusal(
                'needs-person',
                f'The order stays at {pair[0]}/{pair[1]}, while the shop asks for {target[0]}/{target[1]}.',
            )

    def _want_quotation(self, orders):
        if orders.filtered(lambda order: order.state not in ('draft', 'sent')):
            raise Refusal('needs-person', 'The shop went back to the beginning, while the order here went on.')

    def _cancel(self, orders):
        open_orders = orders.filtered(lambda order: order.state != 'cancel')
        if open_orders.filtered('locked'):
            raise Refusal('order-locked', 'The order is locked. Unlock it first.')
        if any(self._goods_at_customer(order) for order in open_orders):
            raise Refusal('goods-left', 'Goods of this order have left already.')
        open_orders.action_cancel()

    def _confirm(self, orders):
        orders.filtered(lambda order: order.state in ('draft', 'sent')).action_confirm()
        to_reserve = self._open_deliveries(orders).filtered(lambda picking: picking.state in ('confirmed', 'waiting'))
        if to_reserve:
            to_reserve.action_assign()

    def _deliver(self, orders):
        """Validate what leads to the customer, step by step: pick and pack first where the warehouse has them."""
        self._confirm(orders)
        previous = orders.env['stock.picking']
        while pickings := self._open_deliveries(orders):
            if to_reserve := pickings.filtered(lambda picking: picking.state in ('draft', 'confirmed', 'waiting')):
                to_reserve.action_assign()
            ready = pickings.filtered(lambda picking: picking.state == 'assigned') - previous
            if not ready:
                raise Refusal('stock-missing', _missing_sentence(pickings))
            self._validate(ready)
            previous |= ready

    def _validate(self, pickings):
        for move in pickings.move_ids.filtered(lambda move: move.state not in ('done', 'cancel')):
            if float_compare(move.quantity, move.product_uom_qty, precision_rounding=move.product_uom.rounding) < 0:
                raise Refusal('stock-missing', _missing_sentence(move.picking_id))
            lines = move.move_line_ids
            if move.has_tracking != 'none' and lines.filtered(lambda line: not line.lot_id and not line.lot_name):
                raise Refusal('lot-needed', f'{move.product_id.display_name} needs a lot or serial number.')
        pickings.move_ids.filtered(lambda move: move.state not in ('done', 'cancel')).picked = True
        pickings.button_validate()
        if pickings.filtered(lambda picking: picking.state not in ('done', 'cancel')):
            raise Refusal('needs-person', 'Odoo asks something before it validates this delivery.')

    def _take_back(self, orders):
        """Create the return and leave it ready for the warehouse: stock is never invented."""
        for order in orders:
            if order.picking_ids.filtered(lambda picking: _comes_back(picking) and picking.state != 'cancel'):
                continue
            delivered = order.picking_ids.filtered(lambda picking: picking.state == 'done' and _goes_out(picking))
            if not delivered:
                raise Refusal('needs-person', 'The shop speaks of a return, but nothing was delivered here.')
            for picking in delivered:
                wizard = orders.env['stock.return.picking'].with_context(active_model='stock.picking', active_id=picking.id)
                wizard.create({'picking_id': picking.id}).action_create_returns_all()

    def _open_deliveries(self, orders):
        return orders.picking_ids.filtered(
            lambda picking: picking.state not in ('done', 'cancel') and picking.location_id.usage != 'customer'
        )

    def _goods_at_customer(self, order):
        """Delivered and not all back."""
        left = {}
        for line in order.picking_ids.filtered(lambda picking: picking.state == 'done').move_line_ids:
            sign = _goes_out(line.picking_id) - _comes_back(line.picking_id)
            left[line.product_id] = left.get(line.product_id, 0) + sign * line.quantity_product_uom
        return any(quantity > 0 for quantity in left.values())

    def _note(self, applied):
        """One plain sentence per change in the order's chatter."""
        links = {link.id: link for link in self.env['marketplace.link'].browse([item['link'] for item in applied])}
        bodies = {}
        for item in applied:
            link = links[item['link']]
            if link.order_id:
                # a call of the sidecar carries no language: the note is for the company's people
                here = self.with_context(lang=link.company_id.partner_id.lang or self.env.user.lang)
                bodies[link.order_id.id] = f'{here._what_happened(item, link)} {here._what_we_did(item)}'
        if bodies:
            self.env['sale.order'].browse(list(bodies))._message_log_batch(bodies=bodies)

    def _what_happened(self, item, link):
        actors = {'buyer': self.env._('the buyer'), 'us': self.env._('us'), 'shop': self.env._('the marketplace')}
        values = {
            'status': self.env._('Cancelled') if item['order'] == 'cancel' else item['status_label'] or item['status'],
            'shop': link.shop_id.name,
            'actor': actors.get(item['actor'], ''),
            'reason': item['reason'].rstrip('. '),
        }
        if item['actor'] and item['reason']:
            return self.env._('%(status)s in %(shop)s by %(actor)s: %(reason)s.', **values)
        if item['actor']:
            return self.env._('%(status)s in %(shop)s by %(actor)s.', **values)
        if item['reason']:
            return self.env._('%(status)s in %(shop)s: %(reason)s.', **values)
        return self.env._('%(status)s in %(shop)s.', **values)

    def _what_we_did(self, item):
        if item['order'] == 'cancel':
            return self.env._('The order was cancelled here too.')
        if item['delivery'] in CAME_BACK:
            return self.env._('A return was created here, ready for the warehouse.')
        if item['delivery'] == 'done' and item['order'] == 'locked':
            return self.env._('The order was delivered and locked here too.')
        if item['delivery'] == 'done':
            return self.env._('The order was delivered here too.')
        return self.env._('The order was confirmed here too.')


def _goes_out(picking):
    return picking.location_dest_id.usage == 'customer' and picking.location_id.usage != 'customer'


def _comes_back(picking):
    return picking.location_id.usage == 'customer' and picking.location_dest_id.usage != 'customer'


def _same_order_side(target, order_side, order):
    if target in ('draft', 'sent'):
        return order_side in ('draft', 'sent')
    if target == 'locked':
        # a shop may have it that locking says nothing to it: the order is locked all the same
        return order_side == 'locked' or order.locked
    return order_side == target or target == 'sale' and order_side == 'locked'


def _same_delivery_side(target, pair):
    """Reserved or not is the warehouse's business; an order of services is delivered when it says so."""
    wanted, found = target[1], pair[1]
    if target[0] == 'cancel':
        return found in ('cancel', 'none', 'returned')
    if wanted in UNDELIVERED:
        return found in UNDELIVERED
    if wanted in CAME_BACK:
        return found in CAME_BACK
    if wanted == 'done':
        return found in ('done', 'none')
    return wanted == found


def _missing_sentence(pickings):
    missing = [
        f'{move.product_id.display_name} ({move.quantity:g} of {move.product_uom_qty:g})'
        for move in pickings.move_ids
        if move.state not in ('done', 'cancel') and move.quantity < move.product_uom_qty
    ]
    return f'Not enough in stock: {", ".join(missing)}.' if missing else 'The goods of this order are not available.'
