{
    'name': 'Marketplace Sync',
    'summary': 'Keeps orders and deliveries in step with the marketplaces you sell on',
    'description': """
A marketplace knows one status per order, Odoo knows two: the order and its deliveries.
This addon notices what happens to linked orders, tells the sidecar after the commit, and applies
what happened in the shop through Odoo's own methods. No marketplace is ever called from here.
""",
    'version': '1.0.0',
    'category': 'Sales/Sales',
    'author': 'Marketplace Sync',
    'license': 'LGPL-3',
    'depends': ['sale_stock', 'bus'],
    'data': [
        'security/groups.xml',
        'security/ir.model.access.csv',
        'security/rules.xml',
        'views/marketplace_connector.xml',
        'views/marketplace_shop.xml',
        'views/marketplace_link.xml',
        'views/marketplace_sync_log.xml',
        'views/marketplace_unknown_order.xml',
        'views/sale_order.xml',
        'views/stock_picking.xml',
        'views/res_config_settings.xml',
        'views/menus.xml',
    ],
    'assets': {
        'web.assets_backend': ['marketplace_sync/static/src/dist/**/*'],
        'web.assets_unit_tests': ['marketplace_sync/static/tests/**/*.test.js'],
    },
    'application': True,
    'post_init_hook': 'post_init_hook',
    'uninstall_hook': 'uninstall_hook',
}
