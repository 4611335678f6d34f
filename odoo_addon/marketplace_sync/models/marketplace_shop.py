from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..sync import settings, wake
from ..sync.values import items, iso, text, word

LOCK_CHOICES = [('auto', 'Automatic'), ('yes', 'Yes'), ('no', 'No')]
# A change of these says nothing to the sidecar.
OWN_COLUMNS = frozenset({'state', 'message', 'reported_at', 'unknown_order_ids', 'secrets_set'})


class MarketplaceShop(models.Model):
    """One connected account of a connector."""

    _name = 'marketplace.shop'
    _description = 'Marketplace shop'
    _order = 'name, id'

    name = fields.Char(required=True)
    connector_id = fields.Many2one(
        'marketplace.connector', required=True, ondelete='restrict', default=lambda self: self._default_connector()
    )
    connector_code = fields.Char(related='connector_id.code', string='Connector Code')
    has_connectors = fields.Boolean(compute='_compute_has_connectors')
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True)
    send = fields.Boolean('Send Changes', default=True, help='Changes of linked orders are sent to the shop.')
    receive = fields.Boolean('Receive Changes', default=True, help='Changes in the shop are applied to linked orders.')
    lock_means_delivered = fields.Selection(
        LOCK_CHOICES,
        string='Delivered When Locked',
        required=True,
        default='auto',
        help='Whether locking an order after its goods went out tells the shop that it was delivered. '
        'Automatic: yes, unless Odoo itself locks orders when they are confirmed.',
    )
    setting_fields = fields.Json(related='connector_id.setting_fields', string='Schema of the Settings')
    # only what differs from a default, so that a better default of a later connector reaches every shop
    setting_values = fields.Json('Settings Filled In', readonly=True)
    settings = fields.Json(compute='_compute_settings', inverse='_inverse_settings')
    secrets_set = fields.Json(readonly=True, copy=False)
    new_secrets = fields.Json(compute='_compute_new_secrets', readonly=False)
    state = fields.Selection(
        [('unknown', 'Not Checked Yet'), ('ok', 'Works'), ('problem', 'Problem')],
        string='Connection',
        default='unknown',
        readonly=True,
        copy=False,
    )
    message = fields.Char(readonly=True, copy=False)
    reported_at = fields.Datetime('Last Heard', readonly=True, copy=False)
    unknown_order_ids = fields.One2many('marketplace.unknown.order', 'shop_id', readonly=True)
    unknown_order_count = fields.Integer('Unknown Orders', compute='_compute_unknown_order_count')
    link_count = fields.Integer(compute='_compute_link_count')

    def _default_connector(self):
        """The only one, where there is nothing to choose."""
        connectors = self.env['marketplace.connector'].search([], limit=2)
        return connectors if len(connectors) == 1 else connectors.browse()

    # named although nothing of it is read: Odoo 18 computes for a new record only what depends on something
    @api.depends('connector_id')
    def _compute_has_connectors(self):
        self.has_connectors = bool(self.env['marketplace.connector'].search_count([], limit=1))

    @api.depends('setting_values', 'connector_id.setting_fields')
    def _compute_settings(self):
        for shop in self:
            shop.settings = settings.effective(shop._schema(), shop.setting_values or {})

    def _inverse_settings(self):
        """What is assigned is a part of it: the rest keeps its values."""
        for shop in self:
            known = settings.plain_fields(shop._schema())
            values = dict(shop.setting_values or {})
            for name, value in (shop.settings or {}).items():
                if name not in known:
                    raise UserError(_('%(connector)s has no setting "%(name)s".', connector=shop.connector_id.name, name=name))
                values[name] = settings.checked(self.env, known[name], value)
            shop.setting_values = {name: value for name, value in values.items() if _is_own(known.get(name, {}), value)}
        self.invalidate_recordset(['settings'])

    def _compute_new_secrets(self):
        """Write-only: `create` and `write` pass it on to the sidecar before the ORM sees it."""
        self.new_secrets = False

    @api.depends('unknown_order_ids')
    def _compute_unknown_order_count(self):
        for shop in self:
            shop.unknown_order_count = len(shop.unknown_order_ids)

    def _compute_link_count(self):
        counts = dict(self.env['marketplace.link']._read_group([('shop_id', 'in', self.ids)], ['shop_id'], ['__count']))
        for shop in self:
            shop.link_count = counts.get(shop, 0)

    @api.model_create_multi
    def create(self, vals_list):
        secrets = [vals.get('new_secrets') for vals in vals_list]
        shops = super().create([_without_secrets(vals) for vals in vals_list])
        wake.config_after_commit(self.env.cr)
        for shop, new in zip(shops, secrets):
            shop._take_secrets(new)
        return shops

    def write(self, vals):
        if any(shop.connector_id.id != vals.get('connector_id', shop.connector_id.id) for shop in self):
            raise UserError(_('A shop keeps its connector. Make a new shop for the other one.'))
        # asked before anything is written, so that no row is locked while the sidecar answers
        for shop in self:
            shop._take_secrets(vals.get('new_secrets'))
        done = super().write(_without_secrets(vals))
        if not OWN_COLUMNS.issuperset(vals):
            wake.config_after_commit(self.env.cr)
        return done

    def unlink(self):
        wake.config_after_commit(self.env.cr)
        return super().unlink()

    def copy_data(self, default=None):
        return [
            {**vals, 'name': self.env._('%s (copy)', shop.name), 'send': False, 'receive': False}
            for shop, vals in zip(self, super().copy_data(default))
        ]

    def _schema(self):
        return self.connector_id.setting_fields or []

    def _config(self):
        self.ensure_one()
        return {
            'id': str(self.id),
            'name': self.name,
            'connector': self.connector_id.code,
            'company': str(self.company_id.id),
            'active': self.active,
            'send': self.send,
            'receive': self.receive,
            'settings': self.settings or {},
        }

    def _hear(self, report):
        """What the sidecar knows about the shop and a person should see."""
        heard = {
            'state': word(report.get('state'), 'state', ('ok', 'problem')),
            'message': text(report.get('message'), 'message'),
        }
        self.write({**heard, 'reported_at': fields.Datetime.now()})
        self.env['marketplace.unknown.order']._replace(self, items(report, 'unknown_orders'))

    def set_secrets(self, secrets):
        """Pass secrets on to the sidecar, which keeps them encrypted. Odoo remembers only that they are set.

        :param dict secrets: name -> value; an empty value deletes.
        """
        self.ensure_one()
        self.check_access('write')
        known = settings.secret_fields(self._schema())
        for name in secrets:
            if name not in known:
                raise UserError(_('%(connector)s has no secret "%(name)s".', connector=self.connector_id.name, name=name))
        self.env['marketplace.pairing']._ask('/odoo/secrets', {'shop': str(self.id), 'secrets': secrets})
        dates = {**(self.secrets_set or {}), **{name: value and iso(fields.Datetime.now()) for name, value in secrets.items()}}
        self.secrets_set = {name: date for name, date in dates.items() if date}
        return True

    def _take_secrets(self, secrets):
        """From the form, where null is a field that was opened and left empty."""
        typed = {name: value for name, value in (secrets or {}).items() if value is not None}
        if typed:
            self.set_secrets(typed)

    def action_test(self):
        self.ensure_one()
        missing = settings.missing(self._schema(), {**(self.settings or {}), **(self.secrets_set or {})})
        if missing:
            raise UserError(_('Please fill in first: %s', ', '.join(missing)))
        answer = self.env['marketplace.pairing']._ask('/odoo/test', {'shop': str(self.id)})
        return self.env['marketplace.pairing']._tell(answer)

    def action_view_links(self):
        self.ensure_one()
        action = self.env['ir.actions.actions']._for_xml_id('marketplace_sync.action_marketplace_link')
        return {**action, 'domain': [('shop_id', '=', self.id)], 'context': {'default_shop_id': self.id}}

    def action_view_unknown_orders(self):
        self.ensure_one()
        action = self.env['ir.actions.actions']._for_xml_id('marketplace_sync.action_marketplace_unknown_order')
        return {**action, 'domain': [('shop_id', '=', self.id)]}


def _is_own(field, value):
    return value is not None and value != field.get('default')


def _without_secrets(vals):
    return {name: value for name, value in vals.items() if name != 'new_secrets'}
