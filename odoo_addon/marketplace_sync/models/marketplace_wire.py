from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..const import PROTOCOL
from ..sync import identity
from ..sync.values import iso, mapping, utc_now


class MarketplaceWire(models.AbstractModel):
    """What every method of PROTOCOL.md does first and last."""

    _name = 'marketplace.wire'
    _description = 'Marketplace wire'

    @api.model
    def _open(self, request):
        """Check who calls and which database answers. Returns the identity; call `sudo()` after it."""
        if not self.env.su and not self.env.user.has_group('marketplace_sync.group_technical'):
            raise AccessError(self.env._('Only the technical user of the sidecar may call this.'))
        mapping(request, 'request')
        self.env(su=True).flush_all()
        who = identity.read(self.env.cr)
        if request.get('protocol') != PROTOCOL:
            raise UserError(
                f'PROTOCOL: this addon speaks protocol {PROTOCOL}, the sidecar {request.get("protocol")!r}. '
                'Upgrade the older of the two.'
            )
        if not who.paired:
            raise UserError('NOT_PAIRED: this database is not paired with a sidecar. Pair it in the settings.')
        if who.is_copy:
            raise UserError(
                'COPY: this database is a copy of the one that was paired, or was moved. '
                'Pair it in the settings if it is to talk to your shops.'
            )
        if request.get('epoch') != who.epoch:
            raise UserError('EPOCH: this database was paired anew since. Pair this sidecar again.')
        return who

    @api.model
    def _answer(self, who, **payload):
        return {
            'protocol': PROTOCOL,
            'uuid': who.uuid,
            'fingerprint': who.fingerprint,
            'instance': who.instance,
            'now': iso(utc_now()),
            **payload,
        }
