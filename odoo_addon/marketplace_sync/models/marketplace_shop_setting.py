from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from ..sync.unique import unique
from .marketplace_connector import FIELD_KINDS


class MarketplaceShopSetting(models.Model):
    """One setting of a shop, drawn from the schema that its connector announced."""

    _name = 'marketplace.shop.setting'
    _description = 'Marketplace shop setting'
    _order = 'shop_id, sequence, id'
    _rec_name = 'label'

    shop_id = fields.Many2one('marketplace.shop', required=True, ondelete='cascade', index=True)
    connector_id = fields.Many2one(related='shop_id.connector_id')
    sequence = fields.Integer()
    name = fields.Char('Code', required=True, readonly=True)
    kind = fields.Selection([(kind, kind.capitalize()) for kind in FIELD_KINDS], required=True, readonly=True)
    label = fields.Char('Setting', compute='_compute_field')
    help = fields.Char(compute='_compute_field')
    required = fields.Boolean(compute='_compute_field')
    is_missing = fields.Boolean(compute='_compute_is_missing')
    value = fields.Json(readonly=True)
    text_value = fields.Char('Text', compute='_compute_typed', inverse='_inverse_text')
    integer_value = fields.Integer('Number', compute='_compute_typed', inverse='_inverse_integer')
    boolean_value = fields.Boolean('Yes', compute='_compute_typed', inverse='_inverse_boolean')
    choice_id = fields.Many2one(
        'marketplace.connector.choice',
        'Choice',
        compute='_compute_typed',
        inverse='_inverse_choice',
        domain="[('connector_id', '=', connector_id), ('field', '=', name)]",
    )
    secret_value = fields.Char('New Secret', compute='_compute_secret', inverse='_inverse_secret')
    set_at = fields.Datetime('Set On', readonly=True)
    shown = fields.Char('Now', compute='_compute_shown')

    locals().update(unique('shop_id, name', 'A shop has each setting once.'))

    @api.depends('name', 'shop_id.connector_id.setting_fields')
    def _compute_field(self):
        for setting in self:
            field = setting._field()
            setting.label = field.get('label') or setting.name
            setting.help = field.get('help', '')
            setting.required = field.get('required', False)

    @api.depends('value', 'set_at', 'name', 'shop_id.connector_id.setting_fields')
    def _compute_is_missing(self):
        for setting in self:
            filled = setting.set_at if setting.kind == 'secret' else setting._is_filled()
            setting.is_missing = bool(setting._field().get('required') and not filled)

    @api.depends('value', 'kind')
    def _compute_typed(self):
        for setting in self:
            value = setting.value
            setting.text_value = value if setting.kind in ('text', 'url') and value else False
            setting.integer_value = value if setting.kind == 'integer' and value else 0
            setting.boolean_value = bool(value) if setting.kind == 'boolean' else False
            setting.choice_id = setting.kind == 'choice' and setting.connector_id.choice_ids.filtered(
                lambda choice: choice.field == setting.name and choice.value == value
            )

    def _compute_secret(self):
        self.secret_value = False

    @api.depends('value', 'kind', 'set_at')
    def _compute_shown(self):
        for setting in self:
            if setting.kind == 'secret':
                on = fields.Date.to_string(setting.set_at) if setting.set_at else ''
                setting.shown = _('Set on %s', on) if on else _('Not set')
            elif setting.kind == 'boolean':
                setting.shown = _('Yes') if setting.value else _('No')
            elif setting.kind == 'choice':
                setting.shown = setting.choice_id.name or ''
            else:
                setting.shown = str(setting.value) if setting._is_filled() else ''

    def _inverse_text(self):
        self._set_value(('text', 'url'), lambda setting: (setting.text_value or '').strip())

    def _inverse_integer(self):
        self._set_value(('integer',), lambda setting: setting.integer_value)

    def _inverse_boolean(self):
        self._set_value(('boolean',), lambda setting: setting.boolean_value)

    def _inverse_choice(self):
        self._set_value(('choice',), lambda setting: setting.choice_id.value or '')

    def _inverse_secret(self):
        for setting in self:
            if setting.kind == 'secret' and setting.secret_value:
                setting.shop_id.set_secrets({setting.name: setting.secret_value})

    def _set_value(self, kinds, value_of):
        for setting in self:
            if setting.kind in kinds:
                setting._take(value_of(setting))

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        for setting in rows:
            default = setting._field().get('default')
            if default is not None and setting.value is False:
                setting.value = default
        return rows

    def write(self, vals):
        done = super().write(vals)
        if 'value' in vals:
            self.shop_id._after_settings()
        return done

    def _take(self, value):
        """Check and store. Written only when it differs: a form sends all typed columns of a row."""
        self.ensure_one()
        checked = self._checked(value)
        # Odoo reads an empty Json as False
        if self.value != (False if checked is None else checked):
            self.write({'value': checked})

    def _checked(self, value):
        if value in ('', None):
            return None
        if self.kind == 'integer':
            if isinstance(value, bool) or not isinstance(value, int):
                raise ValidationError(_('"%s" must be a whole number.', self.label))
        elif self.kind == 'boolean':
            value = bool(value)
        elif not isinstance(value, str):
            raise ValidationError(_('"%s" must be text.', self.label))
        elif self.kind == 'url' and not value.startswith(('http://', 'https://')):
            raise ValidationError(_('"%s" must be an address that begins with https:// or http://.', self.label))
        elif self.kind == 'choice' and value not in self._choices():
            raise ValidationError(_('"%(label)s" must be one of: %(choices)s.', label=self.label, choices=', '.join(self._choices())))
        return value

    def _choices(self):
        return [choice['value'] for choice in self._field().get('choices', [])]

    def _field(self):
        self.ensure_one()
        return next((field for field in self.connector_id.setting_fields or [] if field['name'] == self.name), {})

    def _is_filled(self):
        return self.value is not False or self.kind == 'boolean'

    def _typed(self):
        return bool(self.value) if self.kind == 'boolean' else self.value

    def unlink(self):
        shops = self.shop_id
        done = super().unlink()
        shops._after_settings()
        return done
