import logging

from odoo import _, api, models
from odoo.exceptions import AccessError, UserError
from odoo.modules.registry import Registry
from odoo.release import version

from ..const import PARAM, PROTOCOL
from ..sync import identity, sidecar

_logger = logging.getLogger(__name__)

KEY_NAME = 'Marketplace Sync sidecar'
PAIRED_PARAMS = ('key', 'epoch', 'fingerprint', 'sidecar', 'paired_at')


class MarketplacePairing(models.AbstractModel):
    """The explicit questions of a manager to the sidecar. They write no record first, and wait three seconds at most."""

    _name = 'marketplace.pairing'
    _description = 'Pairing with the sidecar'

    @api.model
    def pair(self, code):
        """Exchange the single-use code that the sidecar printed for a key, and give the sidecar a key of ours."""
        self._only_system()
        who = self._identity()
        params = self.env['ir.config_parameter'].sudo()
        url = params.get_param(PARAM + 'odoo_url') or params.get_param('web.base.url')
        request = {
            'protocol': PROTOCOL,
            'code': (code or '').strip(),
            'uuid': who.uuid,
            'fingerprint': who.fingerprint,
            'url': url,
            'db': who.db,
            'version': version,
        }
        answer = self._posted(who, '/odoo/pair', request, key='')
        self._remember(who, answer)
        self._send_key_after_commit(who, answer['key'])
        return True

    @api.model
    def test(self):
        """Is everything connected? `{ok, message, parts: [{name, ok, message}]}`"""
        self._only_manager()
        return self._ask('/odoo/test', {})

    @api.model
    def unpair(self):
        """Forget the sidecar. It is told when it can be reached; this side is cut either way."""
        self._only_system()
        who = self._identity()
        if who.paired and not who.is_copy:
            try:
                self._posted(who, '/odoo/unpair', {}, key=who.key)
            except UserError as error:
                _logger.info('The sidecar was not told that it is unpaired: %s', error)
        self._forget()
        return True

    def _ask(self, path, payload):
        """A signed question. The caller has checked the rights."""
        who = self._identity()
        if not who.paired:
            raise UserError(_('This database is not paired with a sidecar yet. Pair it in the settings of Marketplace Sync.'))
        if who.is_copy:
            raise UserError(_('This database is a copy of the one that was paired. Pair it if it is to talk to your shops.'))
        return self._posted(who, path, payload, key=who.key)

    def _posted(self, who, path, payload, *, key):
        try:
            return sidecar.ask(self.env, who.sidecar_url, path, payload, key=key)
        except sidecar.SidecarError as error:
            raise UserError(str(error)) from error

    def _identity(self):
        self.env.flush_all()
        return identity.read(self.env.cr)

    def _remember(self, who, answer):
        if not answer.get('key') or not answer.get('epoch') or answer.get('protocol') != PROTOCOL:
            raise UserError(
                _('What answers at %s speaks another protocol than this addon. Upgrade the older of the two.', who.sidecar_url)
            )
        found = {
            'key': answer['key'],
            'epoch': answer['epoch'],
            'fingerprint': who.fingerprint,
            'sidecar': answer.get('sidecar', ''),
            'paired_at': str(self.env.cr.now())[:19],
        }
        for name, value in found.items():
            self.env['ir.config_parameter'].sudo().set_param(PARAM + name, value)

    def _forget(self):
        params = self.env['ir.config_parameter'].sudo()
        params.search([('key', 'in', [PARAM + name for name in PAIRED_PARAMS])]).unlink()
        self._drop_api_keys()

    def _technical_user(self):
        return self.env.ref('marketplace_sync.user_technical').sudo()

    def _drop_api_keys(self):
        self.env['res.users.apikeys'].sudo().search([('user_id', '=', self._technical_user().id)]).unlink()

    def _send_key_after_commit(self, who, key):
        """The sidecar looks at Odoo as soon as it has the key: it must find the pairing committed."""
        user = self._technical_user()
        self._drop_api_keys()
        # no expiry: a sync that dies on day 91 is worse than a key that is renewed with one button
        api_key = self.env['res.users.apikeys'].with_user(user).sudo()._generate('rpc', KEY_NAME, None)
        dbname, uid, login = self.env.cr.dbname, self.env.uid, user.login

        @self.env.cr.postcommit.add
        def send_key():
            try:
                sidecar.ask(self.env, who.sidecar_url, '/odoo/key', {'login': login, 'api_key': api_key}, key=key)
            except sidecar.SidecarError as error:
                _logger.warning('The sidecar did not get its key: %s', error)
                _tell_later(dbname, uid, str(error))

    def _tell(self, answer):
        """The sidecar's answer as a notification, part by part."""
        parts = [
            f'{"✓" if part.get("ok") else "✗"} {part.get("name")}: {part.get("message")}'
            for part in answer.get('parts', [])
        ]
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success' if answer.get('ok') else 'danger',
                'title': answer.get('message') or '',
                'message': '\n'.join(parts),
                'sticky': not answer.get('ok'),
            },
        }

    def _only_system(self):
        if not self.env.is_system():
            raise AccessError(_('Only administrators may pair this database.'))

    def _only_manager(self):
        if not self.env.su and not self.env.user.has_group('marketplace_sync.group_manager'):
            raise AccessError(_('Only managers of Marketplace Sync may do this.'))


def _tell_later(dbname, uid, message):
    """Everything is committed already, so the person is told on the bus."""
    with Registry(dbname).cursor() as cr:
        user = api.Environment(cr, uid, {})['res.users'].browse(uid)
        note = {'type': 'danger', 'title': _('Pair again'), 'message': message, 'sticky': True}
        user.env['bus.bus']._sendone(user.partner_id, 'simple_notification', note)
