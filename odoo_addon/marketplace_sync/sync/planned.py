"""A statement that PostgreSQL plans once for a connection that we keep: planning these joins takes six times their running.

Odoo's pool forgets what was prepared whenever it lends a connection, so this serves a cursor that stays open, and no other.
"""
import hashlib
import weakref


class Planned:
    """`Planned(sql, links='int[]')`: every parameter is `%(name)s` in the SQL."""

    def __init__(self, sql, **types):
        self.sql = sql
        for position, name in enumerate(types, 1):
            sql = sql.replace(f'%({name})s', f'${position}')
        name = f'marketplace_sync_{hashlib.sha256(sql.encode()).hexdigest()[:16]}'
        self._prepare = f'PREPARE {name} ({", ".join(types.values())}) AS {sql}'
        # the planner takes a list of ids to be longer than ours are, and would plan anew for each
        given = ', '.join(f'%({parameter})s' for parameter in types)
        self._execute = f'SET LOCAL plan_cache_mode = force_generic_plan; EXECUTE {name} ({given})'
        self._prepared = weakref.WeakSet()

    def execute(self, cr, *, kept=False, **values):
        """`kept`: this cursor stays open for further calls."""
        if not kept:
            return cr.execute(self.sql, values)
        if cr not in self._prepared:
            cr.execute(self._prepare)
            self._prepared.add(cr)
        return cr.execute(self._execute, values)
