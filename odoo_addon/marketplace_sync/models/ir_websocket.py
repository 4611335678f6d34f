from odoo import models

from ..const import BUS_CHANNEL


class IrWebsocket(models.AbstractModel):
    _inherit = 'ir.websocket'

    def _build_bus_channel_list(self, channels):
        """One channel per company of the user, given by the server: a browser can only ask for strings, and this is none."""
        channels = super()._build_bus_channel_list(channels)
        user = self.env.user
        if user.has_group('marketplace_sync.group_user'):
            channels.extend((company, BUS_CHANNEL) for company in user.company_ids)
        return channels
