import { stopPart } from '../stack/processes.ts'
import { createOrder } from '../stack/seed.ts'
import { OrderForm, Screen, SettingsPage, ShopForm } from './pages/odoo.ts'
import { expect, signIn, test } from './support/journey.ts'

test.beforeEach(async ({ context, stage }) => signIn(context, stage.state, 'admin'))

test('Settings: what is paired, and "Test Connection" answers in words', async ({ page, stage }) => {
  const settings = new SettingsPage(page, stage.state.odoo.url)
  await settings.goto()
  await expect(settings.pairing).toContainText(/Paired/)
  const answer = await settings.testConnection()
  await expect(answer).toContainText(/works|reach|ok/i)
  await expect(answer).not.toContainText(/traceback|exception|undefined/i)
})

test('Settings: with the sidecar away the answer says what to look at', async ({ page, stage }) => {
  const settings = new SettingsPage(page, stage.state.odoo.url)
  await settings.goto()
  await stopPart('sidecar')
  const answer = await settings.testConnection()
  await expect(answer).toContainText(/sidecar/i)
  await expect(answer).not.toContainText(/traceback|exception|errno/i)
})

test('Settings: a wrong pairing code is told as such', async ({ page, stage }) => {
  const settings = new SettingsPage(page, stage.state.odoo.url)
  await settings.goto()
  const answer = await settings.pair('WRONG-CODE')
  await expect(answer).toContainText(/code/i)
  await expect(answer).not.toContainText(/traceback|exception|errno/i)
})

test('a shop: its connector, and "Test Connection" answers in words', async ({ page, stage }) => {
  const form = new ShopForm(page, stage.state.odoo.url)
  await form.goto(stage.seeded.shop)
  await expect(page.locator('.o_field_widget[name=connector_id]')).toContainText('Cartona')
  await page.getByRole('button', { name: 'Test Connection' }).click()
  await expect(page.locator('.o_notification')).toBeVisible()
})

test('the order tells about its shop on a page of its own', async ({ page, stage, orderIn }) => {
  const order = await orderIn({ stage: 'ready' })
  const form = new OrderForm(page, stage.state.odoo.url)
  await form.goto(order.order)
  await form.openTab('Marketplace')
  await expect(page.locator('.o_field_widget[name=marketplace_shop_ref]')).toContainText(order.ref)
  await expect(page.locator('.o_field_widget[name=marketplace_shop_status]')).toContainText('Approved')
})

test('an order without a shop shows no badge', async ({ page, stage }) => {
  const order = await createOrder(stage.admin, stage.seeded, 1, 'no shop')
  const form = new OrderForm(page, stage.state.odoo.url)
  await form.goto(order)
  await expect(page.locator('.o_marketplace_badge')).toHaveCount(0)
})

for (const action of [
  'action_marketplace_order',
  'action_marketplace_link',
  'action_marketplace_sync_log',
  'action_marketplace_unknown_order',
  'action_marketplace_shop',
]) {
  test(`the screen of ${action} opens without an error, also in debug mode`, async ({ page, stage }) => {
    const screen = new Screen(page, stage.state.odoo.url)
    await screen.goto(action)
    await page.goto(`${page.url()}?debug=1`)
    await expect(page.locator('.o_action_manager .o_view_controller').first()).toBeVisible({ timeout: 30_000 })
  })
}
