from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged

ENOUGH_MS = 2000


@tagged('post_install', '-at_install')
class TestBusy(BaseCase):
    """Somebody works on the order in a transaction of his own: apply steps back, and neither waits for the other."""

    def setUp(self):
        super().setUp()
        # an order that other transactions see has to be committed, and is taken away again
        self.person, self.sidecar = (self.enterContext(db_connect(get_db_name()).cursor()) for _ in range(2))
        env = api.Environment(self.person, SUPERUSER_ID, {})
        partner = env['res.partner'].create({'name': 'A buyer in a hurry'})
        order = env['sale.order'].create({'partner_id': partner.id})
        self.order_id = order.id
        self.person.commit()
        self.addCleanup(self.take_away, order, partner)
        self.sidecar.execute('SET lock_timeout = %s', (ENOUGH_MS,))

    def take_away(self, *records):
        self.person.rollback()
        self.sidecar.rollback()
        for record in records:
            record.unlink()
        self.person.commit()

    def lock(self):
        self.sidecar.rollback()
        env = api.Environment(self.sidecar, SUPERUSER_ID, {})
        return env['marketplace.apply']._lock(env['sale.order'].browse(self.order_id)).ids

    def test_an_order_in_work_is_left_alone(self):
        self.assertEqual(self.lock(), [self.order_id])
        self.sidecar.rollback()
        self.person.execute("UPDATE sale_order SET client_order_ref = 'being typed' WHERE id = %s", (self.order_id,))
        self.assertEqual(self.lock(), [])
        self.person.rollback()
        self.assertEqual(self.lock(), [self.order_id])
