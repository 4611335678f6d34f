/** What must not reach the shop. Driven by calls where no screen has a part in it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { OdooRpc } from '../stack/odoo-rpc.ts'
import { createOrder, deliveryOf, linkState, moveTo, validate } from '../stack/seed.ts'
import { expect, type Stage, test, untilAtRest } from './support/journey.ts'

/** The poll of the shop and the sidecar's retries have had their turn by then. */
const LONG_ENOUGH_MS = 3_000

async function rest(stage: Stage, link: number): Promise<void> {
  await untilAtRest(stage, link)
  await sleep(LONG_ENOUGH_MS)
}

test('an order that the shop delivers itself', async ({ stage, orderIn, standIn }) => {
  const order = await orderIn({ stage: 'ready', fulfilledBy: 'shop' })
  const before = await standIn.toldBySupplier(order.ref)
  await validate(stage.admin, order.picking)
  await rest(stage, order.link)
  expect(await standIn.toldBySupplier(order.ref)).toEqual(before)
  expect((await linkState(stage.admin, order.link)).state).toBe('synced')
})

test('an incoming delivery and an order without a link', async ({ stage, standIn }) => {
  const { admin, seeded } = stage
  const before = await standIn.writes()
  const order = await createOrder(admin, seeded, 1, 'no shop')
  await moveTo(admin, order, 'delivered')
  const receipt = await incoming(stage)
  await validate(admin, receipt)
  expect(await stateOf(admin, await deliveryOf(admin, order))).toBe('done')
  expect(await stateOf(admin, receipt)).toBe('done')
  await sleep(LONG_ENOUGH_MS)
  expect(await standIn.writes()).toBe(before)
})

test('a return of delivered goods stays with the warehouse', async ({ stage, orderIn, standIn }) => {
  const { admin } = stage
  const order = await orderIn({ stage: 'delivered' })
  expect(await standIn.toldBySupplier(order.ref)).toContain('assigned_to_salesman')
  const before = await standIn.toldBySupplier(order.ref)
  await validate(admin, await returnOf(admin, order.picking ?? 0))
  await rest(stage, order.link)
  expect(await standIn.toldBySupplier(order.ref)).toEqual(before)
})

test('a program that asks not to send leaves a skipped row', async ({ stage, orderIn, standIn }) => {
  const { admin } = stage
  const order = await orderIn({ stage: 'ready' })
  const before = await standIn.toldBySupplier(order.ref)
  const context = { skip_marketplace_sync: true, skip_sms: true, skip_backorder: true }
  await admin.call('stock.picking', 'button_validate', [[order.picking]], { context })
  expect(await stateOf(admin, order.picking)).toBe('done')
  await rest(stage, order.link)
  expect(await standIn.toldBySupplier(order.ref)).toEqual(before)
  const skipped = await stage.sql(`select cause from marketplace_outbox where link_id = ${order.link} and skipped`)
  expect(skipped.split('\n')).toContain('delivery_done')
})

const stateOf = async (admin: OdooRpc, picking: number | null): Promise<string> =>
  (await admin.readOne('stock.picking', picking ?? 0, { state: z.string() })).state

async function incoming({ admin, seeded }: Stage): Promise<number> {
  const [type = 0] = await admin.search(
    'stock.picking.type',
    [
      ['code', '=', 'incoming'],
      ['company_id', '=', seeded.company],
    ],
    { limit: 1 },
  )
  const {
    default_location_dest_id: [to],
  } = await admin.readOne('stock.picking.type', type, {
    default_location_dest_id: z.tuple([z.number(), z.string()]),
  })
  const from = await admin.ref('stock.stock_location_suppliers')
  const [product] = seeded.products
  const name = await admin.fieldName('stock.move', 'name', 'description_picking')
  const move = { [name]: 'goods', product_id: product?.id, product_uom_qty: 3, location_id: from, location_dest_id: to }
  const receipt = await admin.create('stock.picking', {
    picking_type_id: type,
    location_id: from,
    location_dest_id: to,
    move_ids: [[0, 0, move]],
  })
  await admin.call('stock.picking', 'action_confirm', [[receipt]])
  return receipt
}

async function returnOf(admin: OdooRpc, picking: number): Promise<number> {
  const context = { active_id: picking, active_ids: [picking], active_model: 'stock.picking' }
  const wizard = await admin.create('stock.return.picking', { picking_id: picking }, context)
  const action = await admin.call('stock.return.picking', 'action_create_returns_all', [[wizard]], { context })
  return z.object({ res_id: z.number() }).parse(action).res_id
}
