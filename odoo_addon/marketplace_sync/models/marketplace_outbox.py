from odoo import api, fields, models
from odoo.tools.sql import create_index, table_columns

from ..const import MAX_ITEMS, MAX_LEASE_SECONDS, OUTCOMES, SYNC_STATES
from ..sync import badge, parts, snapshot, state
from ..sync.values import id_of, items, mapping, parsed_time, text, whole, word

# One sidecar serves a database and each of its processes has a name of its own: another one's lease is a dead one's.
_FREE = """
closed_at IS NULL AND (claimed_until IS NULL OR claimed_until < now() AT TIME ZONE 'UTC' OR claimed_by IS DISTINCT FROM %(holder)s)
"""

# All rows of a link are taken together: they are folded into its present pair anyway.
_CLAIM = f"""
WITH waiting AS (
    SELECT link_id, min(id) AS first FROM marketplace_outbox
     WHERE {_FREE}
     GROUP BY link_id ORDER BY first LIMIT %(limit)s
), free AS (
    SELECT id FROM marketplace_outbox
     WHERE closed_at IS NULL AND link_id IN (SELECT link_id FROM waiting)
     ORDER BY id FOR UPDATE SKIP LOCKED
)
UPDATE marketplace_outbox r
   SET claimed_until = now() AT TIME ZONE 'UTC' + %(lease)s * interval '1 second', claimed_by = %(holder)s
  FROM free WHERE r.id = free.id
RETURNING r.link_id
"""

_MORE = f'SELECT EXISTS (SELECT 1 FROM marketplace_outbox WHERE {_FREE})'

_STATUS = """
SELECT l.id::text AS id,
       COALESCE((SELECT max(r.id) FROM marketplace_outbox r WHERE r.link_id = l.id), 0)::text AS version,
       EXISTS (SELECT 1 FROM marketplace_outbox r WHERE r.link_id = l.id AND r.closed_at IS NULL) AS pending
  FROM marketplace_link l WHERE l.id = ANY(%s) ORDER BY l.id
"""


class MarketplaceOutbox(models.Model):
    """“This link changed”: who, why, when. Narrow, and without foreign keys: it is written in people's transactions."""

    _name = 'marketplace.outbox'
    _inherit = ['marketplace.wire']
    _description = 'Marketplace outbox row'
    _log_access = False
    _order = 'id desc'

    link_id = fields.Integer(required=True)
    cause = fields.Char(required=True)
    user_id = fields.Integer(required=True)
    origin = fields.Char(help='The operation of ours that caused it.')
    hops = fields.Integer(required=True, default=0)
    skipped = fields.Boolean(required=True, default=False)
    at = fields.Datetime(required=True)
    claimed_until = fields.Datetime()
    claimed_by = fields.Char()
    closed_at = fields.Datetime()
    outcome = fields.Char()

    def init(self):
        cr = self.env.cr
        # ids are versions and outlive 32 bits; a field of Odoo's would turn the column back into an integer
        cr.execute('ALTER TABLE marketplace_outbox ADD COLUMN IF NOT EXISTS folded_into bigint')
        if table_columns(cr, self._table)['id']['udt_name'] == 'int4':
            cr.execute('ALTER TABLE marketplace_outbox ALTER COLUMN id TYPE bigint')
            cr.execute('ALTER SEQUENCE marketplace_outbox_id_seq AS bigint')
        create_index(cr, 'marketplace_outbox_link_idx', self._table, ['link_id', 'id'])
        create_index(cr, 'marketplace_outbox_open_idx', self._table, ['link_id', 'id'], where='closed_at IS NULL')

    @api.model
    def claim(self, request):
        """PROTOCOL.md, marketplace.outbox.claim."""
        who = self._open(request)
        limit = whole(request.get('limit'), 'limit', 1, MAX_ITEMS)
        lease = whole(request.get('lease_seconds'), 'lease_seconds', 1, MAX_LEASE_SECONDS)
        cr = self.env.cr
        holder = text(request.get('holder', ''), 'holder', 200)
        cr.execute(_CLAIM, {'limit': limit, 'lease': lease, 'holder': holder})
        link_ids = {row[0] for row in cr.fetchall()}
        cr.execute(_MORE, {'holder': holder})
        more = cr.fetchone()[0]
        self._drop_orphans()
        return self._answer(who, links=snapshot.snapshots(cr, link_ids), more=more)

    @api.model
    def acknowledge(self, request):
        """PROTOCOL.md, marketplace.outbox.acknowledge."""
        who = self._open(request)
        acks = [_checked(item) for item in items(request, 'items')]
        cr = self.env.cr
        link_ids = list({ack['link'] for ack in acks})
        state.close_rows(cr, acks)
        state.write_links(cr, acks)
        state.write_log(cr, [{**row, 'link': ack['link']} for ack in acks for row in ack['log']])
        parts.ensure(cr, link_ids)
        self.env['marketplace.link'].invalidate_model()
        badge.announce(self.env(su=True), link_ids)
        cr.execute(_STATUS, (link_ids,))
        return self._answer(who, links=cr.dictfetchall())

    def _drop_orphans(self):
        """Rows of a link that a person deleted: there is nobody left to tell."""
        self.env.cr.execute(
            """UPDATE marketplace_outbox r SET closed_at = now() AT TIME ZONE 'UTC', outcome = 'nothing'
                WHERE closed_at IS NULL AND NOT EXISTS (SELECT 1 FROM marketplace_link l WHERE l.id = r.link_id)"""
        )


def _checked(item):
    mapping(item, 'items[]')
    ack = {
        'link': id_of(item.get('link'), 'link'),
        'rows': [str(id_of(row, 'rows[]')) for row in items(item, 'rows')],
        'outcome': word(item.get('outcome', ''), 'outcome', OUTCOMES | {''}),
        'operation': text(item.get('operation'), 'operation', 200),
        'state': word(item.get('state'), 'state', dict(SYNC_STATES)),
        'reason': text(item.get('reason'), 'reason', 200),
        'detail': text(item.get('detail'), 'detail'),
        'next_try': _stored_time(item.get('next_try'), 'next_try'),
        'version': id_of(item.get('version'), 'version'),
        'log': [checked_log(row) for row in items(item, 'log')],
    }
    if 'base' in item:
        base = mapping(item['base'], 'base')
        ack['base'] = {key: text(base.get(key), f'base.{key}', 200) for key in ('status', 'order', 'delivery')}
    if 'theirs' in item:
        ack['theirs'] = text(item['theirs'], 'theirs', 200)
    if 'fulfilled_by' in item:
        ack['fulfilled_by'] = word(item['fulfilled_by'], 'fulfilled_by', ('us', 'shop'))
    if 'sent' in item:
        ack['sent'] = [text(status, 'sent[]', 200) for status in items(item, 'sent')]
    return ack


def checked_log(row):
    """A Log of PROTOCOL.md as the table holds it: a user that is an id is looked up, any other is a name."""
    mapping(row, 'log[]')
    user = text(row.get('user'), 'log.user', 200)
    words = ('operation', 'trigger', 'base', 'ours', 'theirs', 'rule', 'sent', 'answer', 'code', 'outcome')
    return {
        **{name: text(row.get(name), f'log.{name}') for name in words},
        'at': _stored_time(row.get('at'), 'log.at'),
        'direction': word(row.get('direction'), 'log.direction', ('in', 'out')),
        'user_id': int(user) if user.isdecimal() and len(user) < 10 else None,
        'who': '' if user.isdecimal() else user,
        **{name: whole(row.get(name, 0), f'log.{name}', 0, 2**31 - 1) for name in ('attempt', 'duration_ms', 'hops')},
    }


def _stored_time(value, what):
    moment = parsed_time(value, what)
    return moment.isoformat(sep=' ') if moment else None
