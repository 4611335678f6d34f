import { stopPart } from '../stack/processes.ts'
import { linkState, validate } from '../stack/seed.ts'
import { until } from '../stack/wait.ts'
import { OrderForm } from './pages/odoo.ts'
import { expect, signIn, startOdoo, test } from './support/journey.ts'

test('a browser that was offline: the badge is right again by asking once more, with no reload', async ({
  context,
  page,
  stage,
  orderIn,
  standIn,
  errors,
}) => {
  errors.allow(
    /ERR_INTERNET_DISCONNECTED|ConnectionLostError|WebSocket connection to|Failed to fetch/,
    'the browser is offline on purpose',
  )
  const order = await orderIn({ stage: 'ready' })
  await signIn(context, stage.state, 'sales')
  const form = new OrderForm(page, stage.state.odoo.url)
  await form.goto(order.order)
  await form.badge.expectState('synced')
  await expect(form.badge.shop).toContainText('Approved')
  await form.mark()
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/marketplace.link/badges')) asked.push(request.url())
  })

  await context.setOffline(true)
  await validate(stage.admin, order.picking)
  await until('the shop has it', 30_000, async () =>
    (await standIn.toldBySupplier(order.ref)).includes('assigned_to_salesman') ? true : null,
  )
  await until('the link rests', 30_000, async () =>
    (await linkState(stage.admin, order.link)).state === 'synced' ? true : null,
  )
  await expect(form.badge.shop).toContainText('Approved')
  await context.setOffline(false)

  await expect(form.badge.shop).toContainText('Assigned to salesman', { timeout: 30_000 })
  await form.badge.expectState('synced')
  await form.expectNotReloaded()
  expect(asked.length).toBeGreaterThan(0)
})

test('Odoo was restarted: the badge goes on turning', async ({ context, page, stage, orderIn, errors }) => {
  errors.allow(
    /WebSocket connection to|ERR_CONNECTION_REFUSED|Failed to fetch|ConnectionLostError|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/,
    'Odoo is away on purpose',
  )
  const order = await orderIn({ stage: 'ready' })
  await signIn(context, stage.state, 'sales')
  const form = new OrderForm(page, stage.state.odoo.url)
  await form.goto(order.order)
  await form.badge.expectState('synced')
  await form.mark()

  await stopPart('odoo')
  await startOdoo(stage)
  await validate(stage.admin, order.picking)

  await expect(form.badge.shop).toContainText('Assigned to salesman', { timeout: 60_000 })
  await form.badge.expectState('synced')
  await form.expectNotReloaded()
})
