"""Who this database is. A copy of it answers otherwise, and is therefore cut off from every shop."""
import hashlib
from dataclasses import dataclass

from ..const import DEFAULT_SIDECAR_URL, PARAM

# pg_control_system may be forbidden: asked first, because an error would end the caller's transaction.
_FACTS = """
SELECT current_database(),
       (SELECT oid::text FROM pg_database WHERE datname = current_database()),
       pg_postmaster_start_time()::text,
       has_function_privilege('pg_control_system()', 'execute'),
       (SELECT jsonb_object_agg(key, value) FROM ir_config_parameter
         WHERE key = 'database.uuid' OR key LIKE %s)
"""


# (database, oid, start of the server) -> its system identifier: none of them changes while the server runs
_systems = {}


@dataclass(frozen=True)
class Identity:
    db: str
    uuid: str
    fingerprint: str
    instance: str
    sidecar_url: str
    paired_fingerprint: str
    epoch: str
    key: str

    @property
    def paired(self):
        return bool(self.key and self.epoch)

    @property
    def is_copy(self):
        return self.paired and self.paired_fingerprint != self.fingerprint


def read(cr):
    cr.execute(_FACTS, (PARAM.replace('_', r'\_') + '%',))
    db, oid, started, may_ask, params = cr.fetchone()
    system = _system(cr, (db, oid, started)) if may_ask else ''
    uuid = params.get('database.uuid', '')
    fingerprint = _digest(uuid, db, oid, system)
    return Identity(
        db=db,
        uuid=uuid,
        fingerprint=fingerprint,
        instance=_digest(fingerprint, started),
        sidecar_url=(params.get(PARAM + 'sidecar_url') or DEFAULT_SIDECAR_URL).rstrip('/'),
        paired_fingerprint=params.get(PARAM + 'fingerprint') or '',
        epoch=params.get(PARAM + 'epoch') or '',
        key=params.get(PARAM + 'key') or '',
    )


def _system(cr, server):
    if server not in _systems:
        cr.execute('SELECT system_identifier::text FROM pg_control_system()')
        _systems[server] = cr.fetchone()[0]
    return _systems[server]


def _digest(*parts):
    return hashlib.sha256('\n'.join(parts).encode()).hexdigest()
