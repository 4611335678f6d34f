from odoo import _, fields, models
from odoo.exceptions import UserError

from ..const import DEFAULT_SIDECAR_URL, PARAM
from ..sync import identity


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    marketplace_sidecar_url = fields.Char(
        'Sidecar Address', config_parameter=PARAM + 'sidecar_url', default=DEFAULT_SIDECAR_URL
    )
    marketplace_odoo_url = fields.Char('Address of This Odoo', config_parameter=PARAM + 'odoo_url')
    marketplace_pairing_code = fields.Char('Pairing Code')
    marketplace_paired = fields.Boolean(compute='_compute_marketplace_pairing')
    marketplace_pairing_state = fields.Char(compute='_compute_marketplace_pairing')

    def _compute_marketplace_pairing(self):
        who = identity.read(self.env.cr)
        since = self.env['ir.config_parameter'].sudo().get_param(PARAM + 'paired_at') or ''
        for settings in self:
            settings.marketplace_paired = who.paired and not who.is_copy
            if not who.paired:
                settings.marketplace_pairing_state = _('Not paired. No order is sent anywhere.')
            elif who.is_copy:
                settings.marketplace_pairing_state = _(
                    'This database is a copy of the one that was paired. It sends nothing until it is paired itself.'
                )
            else:
                settings.marketplace_pairing_state = _('Paired since %s (UTC).', since)

    def action_marketplace_pair(self):
        self.ensure_one()
        if not self.marketplace_pairing_code:
            raise UserError(_('Please enter the code that the sidecar printed when it started.'))
        self._marketplace_save_addresses()
        self.env['marketplace.pairing'].pair(self.marketplace_pairing_code)
        return self._marketplace_reload()

    def action_marketplace_test(self):
        self._marketplace_save_addresses()
        pairing = self.env['marketplace.pairing']
        return pairing._tell(pairing.test())

    def action_marketplace_unpair(self):
        self.env['marketplace.pairing'].unpair()
        return self._marketplace_reload()

    def _marketplace_save_addresses(self):
        params = self.env['ir.config_parameter'].sudo()
        params.set_param(PARAM + 'sidecar_url', self.marketplace_sidecar_url or DEFAULT_SIDECAR_URL)
        params.set_param(PARAM + 'odoo_url', self.marketplace_odoo_url or '')

    def _marketplace_reload(self):
        return {'type': 'ir.actions.client', 'tag': 'reload'}
