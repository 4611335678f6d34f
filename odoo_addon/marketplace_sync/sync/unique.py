"""One spelling for a unique constraint: 18 reads `_sql_constraints`, 19 ignores it and wants `models.Constraint`."""
from odoo import models


def unique(columns, message):
    """For a class body: `locals().update(unique('shop_id, shop_ref', '...'))`."""
    name = columns.replace(', ', '_') + '_uniq'
    if hasattr(models, 'Constraint'):
        return {f'_{name}': models.Constraint(f'unique ({columns})', message)}
    return {'_sql_constraints': [(name, f'unique ({columns})', message)]}


def unique_index(cr, name, table, expressions):
    """`tools.sql.create_unique_index` warns on 19, and its replacement does not exist on 18."""
    cr.execute(f'CREATE UNIQUE INDEX IF NOT EXISTS {name} ON {table} ({", ".join(expressions)})')
