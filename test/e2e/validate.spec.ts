import { validate } from '../stack/seed.ts'
import { LoginPage, OrderForm, OrderList } from './pages/odoo.ts'
import { expect, signIn, test } from './support/journey.ts'
import { hearingPage } from './support/websocket.ts'

test('a click on Validate: the shop is told once, and the badge turns with no reload', async ({
  page,
  stage,
  orderIn,
  standIn,
}) => {
  const order = await orderIn({ stage: 'ready' })
  const login = new LoginPage(page, stage.state.odoo.url)
  await login.goto()
  await login.enter('sales', 'sales')

  const form = new OrderForm(page, stage.state.odoo.url)
  await form.goto(order.order)
  await form.badge.expectState('synced')
  await expect(form.badge.shop).toHaveText('Cartona Cairo · Approved')

  const delivery = await form.openDelivery()
  await delivery.badge.expectState('synced')
  const seen = await delivery.badge.record(order.link)
  await delivery.mark()
  await standIn.break({ latency_ms: 2_000 })

  await delivery.validate()
  await delivery.expectDone()
  await delivery.badge.expectState('synced')
  await expect(delivery.badge.shop).toContainText('Assigned to salesman')

  const states = await seen()
  expect(states.at(0)).toBe('synced')
  expect(states.slice(1, -1)).not.toHaveLength(0)
  for (const state of states.slice(1, -1)) expect(['pending', 'syncing']).toContain(state)
  expect(states.at(-1)).toBe('synced')
  await delivery.expectNotReloaded()
  expect(await standIn.toldBySupplier(order.ref)).toEqual(['approved', 'assigned_to_salesman'])
})

test('who has the same order open elsewhere sees it turn, and another company hears nothing', async ({
  stage,
  orderIn,
  browserOf,
  standIn,
}) => {
  const { url } = stage.state.odoo
  const order = await orderIn({ stage: 'ready' })
  const colleague = new OrderForm(await (await browserOf('admin')).newPage(), url)
  await colleague.goto(order.order)
  await colleague.badge.expectState('synced')
  await colleague.mark()
  const seen = await colleague.badge.record(order.link)
  const reads: string[] = []
  colleague.page.on('request', (request) => {
    if (/web_read|web_search_read/.test(request.url())) reads.push(request.url())
  })

  const ours = await hearingPage(await browserOf('admin'), url)
  const others = await hearingPage(await browserOf('other'), url)

  const clerk = new OrderForm(await (await browserOf('sales')).newPage(), url)
  await clerk.goto(order.order)
  await standIn.break({ latency_ms: 1_000 })
  const delivery = await clerk.openDelivery()
  await delivery.validate()
  await delivery.badge.expectState('synced')

  await expect(colleague.badge.shop).toContainText('Assigned to salesman')
  await colleague.badge.expectState('synced')
  expect((await seen()).length).toBeGreaterThan(1)
  await colleague.expectNotReloaded()
  expect(reads).toEqual([])

  expect(ours.badges(order.link).length).toBeGreaterThan(0)
  expect(others.isListening()).toBe(true)
  expect(others.badges(order.link)).toEqual([])
  // what is told names no order, no shop and no words of the shop
  for (const badge of ours.badges(order.link))
    expect(Object.keys(badge).sort()).toEqual(['at', 'link', 'reason', 'state', 'version'])
})

test('the list of orders shows a badge in each row, and they turn there too', async ({
  context,
  page,
  stage,
  orderIn,
  standIn,
}) => {
  const order = await orderIn({ stage: 'ready' })
  await signIn(context, stage.state, 'sales')
  const list = new OrderList(page, stage.state.odoo.url)
  await list.goto()
  await list.mark()
  const badge = list.badgeOf(order.name)
  await badge.expectState('synced')
  const seen = await badge.record(order.link)
  await standIn.break({ latency_ms: 2_000 })
  await validate(stage.admin, order.picking)
  await expect.poll(async () => (await seen()).length).toBeGreaterThan(1)
  await badge.expectState('synced')
  await list.expectNotReloaded()
})
