import { z } from 'zod'
import { OrderForm } from './pages/odoo.ts'
import { RetailerPage } from './pages/retailer.ts'
import { expect, signIn, test, untilAtRest } from './support/journey.ts'

test('the retailer cancels in the shop: Odoo cancels order and delivery, says who and why, and sends nothing back', async ({
  context,
  page,
  stage,
  orderIn,
  standIn,
}) => {
  const order = await orderIn({ stage: 'ready' })
  await signIn(context, stage.state, 'sales')
  const form = new OrderForm(page, stage.state.odoo.url)
  await form.goto(order.order)
  await form.badge.expectState('synced')
  await form.mark()

  const retailer = new RetailerPage(await context.newPage(), standIn.url)
  await retailer.goto(order.ref)
  await retailer.cancel('delayed_order')

  // the badge of the open form tells of it; the rest of the form is Odoo's own business
  await expect(form.badge.shop).toContainText('Cancelled by the retailer', { timeout: 40_000 })
  await form.badge.expectState('synced')
  await form.expectNotReloaded()

  const { state } = await stage.admin.readOne('sale.order', order.order, { state: z.string() })
  expect(state).toBe('cancel')
  const deliveries = await stage.admin.searchRead('stock.picking', [['sale_id', '=', order.order]], {
    state: z.string(),
  })
  expect(deliveries.map((delivery) => delivery.state)).toEqual(['cancel'])

  await form.goto(order.order)
  await expect(form.chatter).toContainText('Cancelled in Cartona Cairo by the buyer')
  await expect(form.chatter).toContainText(/delayed.order/i)

  // long enough for an answer to have gone out: the link rests, and the shop heard nothing but the confirmation
  await untilAtRest(stage, order.link)
  expect(await standIn.toldBySupplier(order.ref)).toEqual(['approved'])
})
