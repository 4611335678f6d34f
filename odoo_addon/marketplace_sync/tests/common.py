import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from odoo import Command
from odoo.tests import TransactionCase

from ..const import PARAM, PROTOCOL
from ..sync import identity

EPOCH = 'epoch-of-the-tests'
KEY = 'whsec_dGhlIGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGVz'


class MarketplaceCase(TransactionCase):
    """A paired database with one shop, one product in stock, and orders to link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env
        cls.company = env.company
        cls.partner = env['res.partner'].create({'name': 'A buyer'})
        cls.product = cls.new_product('A thing', 1000)
        cls.service = env['product.product'].create({'name': 'An hour', 'type': 'service', 'list_price': 10})
        cls.connector = env['marketplace.connector'].create(
            {
                'code': 'bazaar',
                'name': 'Bazaar',
                'setting_fields': [],
                'statuses': [
                    {'code': 'new', 'label': 'New', 'final': False, 'actor': 'buyer'},
                    {'code': 'shipped', 'label': 'Shipped', 'final': False, 'actor': 'us'},
                ],
            }
        )
        cls.shop = env['marketplace.shop'].create({'name': 'Bazaar Cairo', 'connector_id': cls.connector.id})
        cls.technical = env.ref('marketplace_sync.user_technical')
        cls.pair_database()
        env.flush_all()

    @classmethod
    def pair_database(cls, **params):
        paired = {
            'key': KEY,
            'epoch': EPOCH,
            'fingerprint': identity.read(cls.env.cr).fingerprint,
            'sidecar_url': 'http://127.0.0.1:1',
            **params,
        }
        for name, value in paired.items():
            cls.env['ir.config_parameter'].set_param(PARAM + name, value)
        cls.env.flush_all()

    @classmethod
    def new_product(cls, name, quantity, **vals):
        product = cls.env['product.product'].create(
            {'name': name, 'type': 'consu', 'is_storable': True, 'list_price': 10, **vals}
        )
        if quantity:
            cls.env['stock.quant']._update_available_quantity(product, cls.warehouse().lot_stock_id, quantity)
        return product

    @classmethod
    def warehouse(cls):
        return cls.env['stock.warehouse'].search([('company_id', '=', cls.env.company.id)], limit=1)

    def new_order(self, quantity=5, product=None, **vals):
        line = {'product_id': (product or self.product).id, 'product_uom_qty': quantity}
        return self.env['sale.order'].create(
            {'partner_id': self.partner.id, 'order_line': [Command.create(line)], **vals}
        )

    def new_link(self, order, ref=None, **vals):
        """Linked, and its first row acknowledged: what a test sees afterwards is its own doing."""
        link = self.env['marketplace.link'].create(
            {'shop_id': self.shop.id, 'order_id': order.id, 'shop_ref': ref or f'ref-{order.id}', **vals}
        )
        self.forget_rows()
        return link

    def linked_order(self, quantity=5, product=None, confirm=True, **vals):
        order = self.new_order(quantity, product, **vals)
        if confirm:
            order.action_confirm()
        self.new_link(order)
        return order

    def forget_rows(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE marketplace_outbox SET closed_at = now(), outcome = 'nothing' WHERE closed_at IS NULL")
        self.env.cr.postcommit.data.clear()
        self.env.cr.postcommit._funcs.clear()
        self.env['marketplace.link'].invalidate_model()

    def rows(self, order=None):
        """Open outbox rows as dicts, oldest first."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT r.*, l.order_id FROM marketplace_outbox r JOIN marketplace_link l ON l.id = r.link_id
                WHERE r.closed_at IS NULL ORDER BY r.id"""
        )
        found = self.env.cr.dictfetchall()
        return [row for row in found if order is None or row['order_id'] == order.id]

    def causes(self, order=None):
        return [row['cause'] for row in self.rows(order)]

    def wire(self, model):
        return self.env[model].with_user(self.technical)

    def call(self, model, method, **request):
        answer = getattr(self.wire(model), method)({'protocol': PROTOCOL, 'epoch': EPOCH, **request})
        self.assert_speakable(answer)
        self.env.invalidate_all()
        return answer

    def assert_speakable(self, value, path='answer'):
        """No None, and no number that XML-RPC cannot carry."""
        self.assertIsNotNone(value, path)
        if isinstance(value, dict):
            for key, entry in value.items():
                self.assertIsInstance(key, str, path)
                self.assert_speakable(entry, f'{path}.{key}')
        elif isinstance(value, list):
            for position, entry in enumerate(value):
                self.assert_speakable(entry, f'{path}[{position}]')
        elif isinstance(value, int):
            self.assertLess(abs(value), 2**31, path)
        else:
            self.assertIsInstance(value, str, path)

    def snapshot(self, link):
        return self.call('marketplace.apply', 'read', refs=[], links=[str(link.id)])['links'][0]

    def pair_of(self, order):
        ours = self.snapshot(order.marketplace_link_id)['ours']
        return f'{ours["order"]}/{ours["delivery"]}'

    def log(self, **vals):
        return {
            'at': '2026-11-21T06:47:12.345Z',
            'direction': 'out',
            'operation': '',
            'attempt': 1,
            'trigger': 'delivery_done',
            'user': str(self.env.uid),
            'base': '',
            'ours': '',
            'theirs': '',
            'rule': '',
            'sent': '',
            'answer': '',
            'code': '',
            'duration_ms': 12,
            'outcome': 'sent',
            'hops': 0,
            **vals,
        }

    def ack(self, link, **vals):
        version = self.snapshot(link)['version']
        operation = vals.get('operation', 'op-1')
        return {
            'link': str(link.id),
            'rows': [row['id'] for row in self.snapshot(link)['rows']],
            'outcome': 'sent',
            'operation': operation,
            'state': 'synced',
            'reason': '',
            'detail': '',
            'next_try': '',
            'version': version,
            'log': [self.log(operation=operation)],
            **vals,
        }

    def acknowledge(self, *acks):
        return self.call('marketplace.outbox', 'acknowledge', items=list(acks))

    def validate(self, pickings):
        pickings.move_ids.filtered(lambda move: move.state not in ('done', 'cancel')).picked = True
        return pickings.with_context(skip_backorder=True, skip_sms=True).button_validate()

    def return_of(self, picking, quantity=None):
        wizard = self.env['stock.return.picking'].with_context(active_model='stock.picking', active_id=picking.id)
        wizard = wizard.create({'picking_id': picking.id})
        if quantity is None:
            action = wizard.action_create_returns_all()
        else:
            wizard.product_return_moves.quantity = quantity
            action = wizard.action_create_returns()
        return self.env['stock.picking'].browse(action['res_id'])


class Sidecar:
    """A real HTTP server on this machine that writes down what it is told."""

    def __init__(self, answers=None):
        self.requests = []
        self.arrived = threading.Condition()
        self.answers = answers or {}
        sidecar = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get('content-length', 0)))
                with sidecar.arrived:
                    sidecar.requests.append((self.path, dict(self.headers.items()), body))
                    sidecar.arrived.notify_all()
                status, answer = sidecar.answers.get(self.path, (202, {}))
                raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header('content-length', str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *args):
                """Quiet."""

        self.server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for(self, count, seconds=10):
        with self.arrived:
            self.arrived.wait_for(lambda: len(self.requests) >= count, seconds)
            return list(self.requests)

    def bodies(self, path):
        return [json.loads(body) for seen, _headers, body in self.requests if seen == path]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
