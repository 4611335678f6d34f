import hashlib
import json

from odoo import api, fields, models

from ..sync.unique import unique
from ..sync.values import id_of, items, mapping, text, word

FIELD_KINDS = ('text', 'url', 'integer', 'boolean', 'choice', 'secret')


class MarketplaceConnector(models.Model):
    """What the sidecar announced: the code for one platform, as data."""

    _name = 'marketplace.connector'
    _inherit = ['marketplace.wire']
    _description = 'Marketplace connector'
    _order = 'name'

    name = fields.Char(required=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    version = fields.Char(readonly=True)
    active = fields.Boolean(default=True)
    setting_fields = fields.Json(readonly=True)
    statuses = fields.Json(readonly=True)
    webhook_paths = fields.Json(readonly=True)

    locals().update(unique('code', 'This connector is already known.'))

    @api.model
    def announce(self, request):
        """PROTOCOL.md, marketplace.connector.announce."""
        who = self._open(request)
        Connector = self.sudo().with_context(active_test=False)
        known = {connector.code: connector for connector in Connector.search([])}
        for vals in [_checked_connector(entry) for entry in items(request, 'connectors')]:
            connector = known.get(vals['code']) or Connector.create({'code': vals['code'], 'name': vals['name']})
            connector._learn(vals)
        return self._answer(who)

    @api.model
    def config(self, request):
        """PROTOCOL.md, marketplace.connector.config. The stamp is a digest of the answer: equal means unchanged."""
        who = self._open(request)
        shops = self.env['marketplace.shop'].sudo().with_context(active_test=False).search([], order='id')
        config = [shop._config() for shop in shops]
        stamp = hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()
        if text(request.get('since'), 'since', 200) == stamp:
            return self._answer(who, stamp=stamp, unchanged=True)
        return self._answer(who, stamp=stamp, shops=config)

    @api.model
    def report(self, request):
        """PROTOCOL.md, marketplace.connector.report."""
        who = self._open(request)
        reports = {id_of(entry.get('id'), 'id'): entry for entry in items(request, 'shops')}
        shops = self.env['marketplace.shop'].sudo().with_context(active_test=False).browse(list(reports)).exists()
        for shop in shops:
            shop._hear(reports[shop.id])
        return self._answer(who)

    def _learn(self, vals):
        """Write only what is new, so that a restart of the sidecar touches nothing."""
        changed = {name: value for name, value in {**vals, 'active': True}.items() if self[name] != value}
        if changed:
            self.write(changed)

    def _status_label(self, code):
        return next((entry['label'] for entry in self.statuses or [] if entry['code'] == code), code)


def _checked_connector(entry):
    mapping(entry, 'connectors[]')
    return {
        'code': text(entry.get('name'), 'name', 100),
        'name': text(entry.get('label'), 'label', 200),
        'version': text(entry.get('version'), 'version', 100),
        'setting_fields': [_checked_field(field) for field in items(entry, 'fields')],
        'statuses': [
            {
                'code': text(status.get('code'), 'statuses[].code', 200),
                'label': text(status.get('label'), 'statuses[].label', 200),
                'final': bool(status.get('final')),
                'actor': text(status.get('actor'), 'statuses[].actor', 20),
            }
            for status in items(entry, 'statuses')
        ],
        'webhook_paths': [text(path, 'webhook_paths[]', 500) for path in items(entry, 'webhook_paths')],
    }


def _checked_field(field):
    mapping(field, 'fields[]')
    checked = {
        'name': text(field.get('name'), 'fields[].name', 100),
        'label': text(field.get('label'), 'fields[].label', 200),
        'help': text(field.get('help'), 'fields[].help'),
        'type': word(field.get('type'), 'fields[].type', FIELD_KINDS),
        'required': bool(field.get('required')),
    }
    if 'default' in field:
        checked['default'] = field['default']
    if field.get('choices'):
        checked['choices'] = [
            {'value': text(c.get('value'), 'choices[].value', 200), 'label': text(c.get('label'), 'choices[].label', 200)}
            for c in items(field, 'choices')
        ]
    return checked
