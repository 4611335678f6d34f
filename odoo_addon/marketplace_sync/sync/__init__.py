"""The parts that are no Odoo models: SQL on the hot path, the after-commit thread, the calls to the sidecar."""
from . import badge, identity, notice, parts, sidecar, snapshot, state, unique, values, wake
