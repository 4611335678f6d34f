from odoo.release import version_info
from odoo.tests import HttpCase, tagged

# 18 and 19 spell it differently
SUCCESS = '[HOOT] Test suite succeeded' if version_info[0] >= 19 else '[HOOT] test suite succeeded'


@tagged('post_install', '-at_install')
class TestWeb(HttpCase):
    """Runs the browser tests of the widgets (static/tests) in a real browser."""

    def test_widgets(self):
        self.browser_js(
            '/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&filter=@marketplace_sync',
            '',
            '',
            login='admin',
            timeout=240,
            success_signal=SUCCESS,
            error_checker=lambda message: '[HOOT]' not in message,
        )
