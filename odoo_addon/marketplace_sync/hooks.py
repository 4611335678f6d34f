"""What XML cannot say for 18 and 19 alike: these fields have other names in each."""
from odoo import Command

TECHNICAL_LOGIN = 'marketplace_sync_technical'
GROUPS = ('group_user', 'group_manager')


def post_init_hook(env):
    _place_groups(env)
    _create_technical_user(env)


def uninstall_hook(env):
    env['ir.config_parameter'].sudo().search([('key', '=like', 'marketplace_sync.%')]).unlink()


def _place_groups(env):
    """Show our groups together under one heading of the user form."""
    groups = env['res.groups'].browse([env.ref(f'marketplace_sync.{name}').id for name in GROUPS])
    category = env['ir.module.category'].create({'name': 'Marketplace Sync', 'sequence': 20})
    if 'privilege_id' in groups._fields:
        groups.privilege_id = env['res.groups.privilege'].create(
            {'name': 'Marketplace Sync', 'category_id': category.id}
        )
    else:
        groups.category_id = category


def _create_technical_user(env):
    """The sidecar's user: no password, no interface, one group. Its key is made at pairing."""
    Users = env['res.users'].with_context(no_reset_password=True, active_test=False)
    if env.ref('marketplace_sync.user_technical', raise_if_not_found=False):
        return
    groups = 'group_ids' if 'group_ids' in Users._fields else 'groups_id'
    user = Users.search([('login', '=', TECHNICAL_LOGIN)]) or Users.create(
        {'name': 'Marketplace Sync', 'login': TECHNICAL_LOGIN, groups: [Command.clear()]}
    )
    user.write({groups: [Command.set(env.ref('marketplace_sync.group_technical').ids)]})
    env['ir.model.data'].create(
        {
            'module': 'marketplace_sync',
            'name': 'user_technical',
            'model': 'res.users',
            'res_id': user.id,
            'noupdate': True,
        }
    )
