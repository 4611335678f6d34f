from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..sync import wake
from ..sync.values import items, text, word

LOCK_CHOICES = [
    ('auto', 'Yes, unless orders are locked automatically when they are confirmed'),
    ('yes', 'Yes'),
    ('no', 'No'),
]
# A change of these says nothing to the sidecar.
OWN_COLUMNS = frozenset({'state', 'message', 'reported_at', 'unknown_order_ids'})


class MarketplaceShop(models.Model):
    """One connected account of a connector."""

    _name = 'marketplace.shop'
    _description = 'Marketplace shop'
    _order = 'name, id'

    name = fields.Char(required=True)
    connector_id = fields.Many2one('marketplace.connector', required=True, ondelete='restrict')
    connector_code = fields.Char(related='connector_id.code', string='Connector Code')
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True)
    send = fields.Boolean('Send to the Shop', default=True, help='Changes of linked orders are sent to the shop.')
    receive = fields.Boolean('Receive from the Shop', default=True, help='Changes in the shop are applied to linked orders.')
    lock_means_delivered = fields.Selection(
        LOCK_CHOICES,
        string='A Locked Order Is Delivered',
        required=True,
        default='auto',
        help='Whether locking an order after its goods went out tells the shop that it was delivered.',
    )
    setting_ids = fields.One2many('marketplace.shop.setting', 'shop_id', string='Settings')
    settings = fields.Json(compute='_compute_settings', inverse='_inverse_settings', string='Setting Values')
    secrets_set = fields.Json(compute='_compute_settings', string='Secrets')
    state = fields.Selection([('unknown', 'Not heard of yet'), ('ok', 'Works'), ('problem', 'Problem')], default='unknown', readonly=True)
    message = fields.Char(readonly=True)
    reported_at = fields.Datetime('Last Heard', readonly=True)
    unknown_order_ids = fields.One2many('marketplace.unknown.order', 'shop_id', readonly=True)
    link_count = fields.Integer(compute='_compute_link_count')

    @api.depends('setting_ids.value', 'setting_ids.set_at')
    def _compute_settings(self):
        for shop in self:
            plain = shop.setting_ids.filtered(lambda setting: setting.kind != 'secret')
            shop.settings = {setting.name: setting._typed() for setting in plain if setting._is_filled()}
            shop.secrets_set = {
                setting.name: fields.Datetime.to_string(setting.set_at) for setting in shop.setting_ids - plain if setting.set_at
            }

    def _inverse_settings(self):
        for shop in self:
            wanted = dict(shop.settings or {})
            shop._renew_settings()
            rows = {setting.name: setting for setting in shop.setting_ids if setting.kind != 'secret'}
            for name, value in wanted.items():
                if name not in rows:
                    raise UserError(_('%(connector)s has no setting "%(name)s".', connector=shop.connector_id.name, name=name))
                rows[name]._take(value)
        # what was assigned is a part of it; the rest keeps its values
        self.invalidate_recordset(['settings'])

    def _compute_link_count(self):
        counts = dict(self.env['marketplace.link']._read_group([('shop_id', 'in', self.ids)], ['shop_id'], ['__count']))
        for shop in self:
            shop.link_count = counts.get(shop, 0)

    @api.model_create_multi
    def create(self, vals_list):
        shops = super().create(vals_list)
        shops._renew_settings()
        wake.config_after_commit(self.env.cr)
        return shops

    def write(self, vals):
        done = super().write(vals)
        if 'connector_id' in vals:
            self._renew_settings()
        if not OWN_COLUMNS.issuperset(vals):
            wake.config_after_commit(self.env.cr)
        return done

    def unlink(self):
        wake.config_after_commit(self.env.cr)
        return super().unlink()

    def copy_data(self, default=None):
        return [
            {**vals, 'name': _('%s (copy)', shop.name), 'send': False, 'receive': False}
            for shop, vals in zip(self, super().copy_data(default))
        ]

    def _renew_settings(self):
        """One row per setting that the connector announced; what a person filled in stays."""
        for shop in self:
            known = {setting.name: setting for setting in shop.setting_ids}
            wanted = {field['name']: field for field in shop.connector_id.setting_fields or []}
            for name, setting in known.items():
                if name not in wanted:
                    setting.unlink()
                elif setting.kind != wanted[name]['type']:
                    setting.kind = wanted[name]['type']
            self.env['marketplace.shop.setting'].create(
                [
                    {'shop_id': shop.id, 'name': name, 'kind': field['type'], 'sequence': position}
                    for position, (name, field) in enumerate(wanted.items())
                    if name not in known
                ]
            )

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
        rows = {setting.name: setting for setting in self.setting_ids if setting.kind == 'secret'}
        for name in secrets:
            if name not in rows:
                raise UserError(_('%(connector)s has no secret "%(name)s".', connector=self.connector_id.name, name=name))
        self.env['marketplace.pairing']._ask('/odoo/secrets', {'shop': str(self.id), 'secrets': secrets})
        for name, value in secrets.items():
            rows[name].sudo().set_at = fields.Datetime.now() if value else False
        return True

    def action_test(self):
        self.ensure_one()
        missing = self.setting_ids.filtered('is_missing').mapped('label')
        if missing:
            raise UserError(_('Please fill in first: %s', ', '.join(missing)))
        answer = self.env['marketplace.pairing']._ask('/odoo/test', {'shop': str(self.id)})
        return self.env['marketplace.pairing']._tell(answer)

    def action_view_links(self):
        self.ensure_one()
        action = self.env['ir.actions.actions']._for_xml_id('marketplace_sync.action_marketplace_link')
        return {**action, 'domain': [('shop_id', '=', self.id)], 'context': {'default_shop_id': self.id}}

    def _after_settings(self):
        wake.config_after_commit(self.env.cr)
