import { startPart, stopPart } from '../stack/processes.ts'
import { DeliveryForm } from './pages/odoo.ts'
import { expect, signIn, test } from './support/journey.ts'

test('the sidecar is down while Validate is clicked: the click works, the change waits and is delivered later', async ({
  context,
  page,
  stage,
  orderIn,
  standIn,
}) => {
  const order = await orderIn({ stage: 'ready' })
  await signIn(context, stage.state, 'sales')
  const delivery = new DeliveryForm(page, stage.state.odoo.url)
  await delivery.goto(order.picking ?? 0)
  await delivery.badge.expectState('synced')
  await stopPart('sidecar')

  await delivery.mark()
  await delivery.validate()
  await delivery.expectDone()
  await delivery.badge.expectState('pending')
  expect(await standIn.toldBySupplier(order.ref)).toEqual(['approved'])

  startPart('sidecar')
  await delivery.badge.expectState('synced', { timeout: 60_000 })
  await delivery.expectNotReloaded()
  expect(await standIn.toldBySupplier(order.ref)).toEqual(['approved', 'assigned_to_salesman'])
})

test('the shop is down: the badge says so and when it is tried again, and the change arrives once the shop is back', async ({
  context,
  page,
  stage,
  orderIn,
  standIn,
}) => {
  const order = await orderIn({ stage: 'ready' })
  await signIn(context, stage.state, 'sales')
  const delivery = new DeliveryForm(page, stage.state.odoo.url)
  await delivery.goto(order.picking ?? 0)
  await delivery.badge.expectState('synced')
  await stopPart('cartona')

  await delivery.mark()
  await delivery.validate()
  await delivery.expectDone()
  await delivery.badge.expectState('pending')
  await expect(delivery.badge.reason).toHaveText(/The shop cannot be reached|The shop failed several times in a row/)
  await expect(delivery.badge.next).toHaveText(/^Next try \d{1,2}:\d\d/)

  // hover and keyboard tell the same
  await delivery.badge.pill.hover()
  await expect(delivery.badge.details).toContainText('Cartona Cairo')
  await expect(delivery.badge.details).toContainText(/Next try/)
  await page.mouse.move(0, 0)
  await expect(delivery.badge.details).toBeHidden()
  await delivery.badge.pill.focus()
  await expect(delivery.badge.details).toBeVisible()
  await delivery.badge.pill.blur()
  await expect(delivery.badge.details).toBeHidden()

  startPart('cartona')
  await delivery.badge.expectState('synced', { timeout: 80_000 })
  await delivery.expectNotReloaded()
  expect(await standIn.toldBySupplier(order.ref)).toEqual(['approved', 'assigned_to_salesman'])
})
