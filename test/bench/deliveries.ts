/** Deliveries that only wait for their Validate: orders confirmed and reserved ahead, in batches. */
import { z } from 'zod'
import { many2one } from '../stack/odoo-rpc.ts'
import { until } from '../stack/wait.ts'
import type { Bench, Side } from './environment.ts'

export interface Delivery {
  readonly order: number
  readonly picking: number
}

export interface LinkedDelivery extends Delivery {
  readonly link: string
  readonly ref: string
}

const BATCH = 50

export async function prepareDeliveries(side: Side, count: number): Promise<readonly Delivery[]> {
  const made: Delivery[] = []
  for (let left = count; left > 0; left -= BATCH) made.push(...(await batchOf(side, Math.min(BATCH, left))))
  return made
}

async function batchOf({ rpc, goods }: Side, count: number): Promise<readonly Delivery[]> {
  const lines = goods.products.map(({ id, price }) => [0, 0, { product_id: id, product_uom_qty: 2, price_unit: price }])
  const values = { partner_id: goods.partner, company_id: goods.company, order_line: lines }
  const orders = z.array(z.number()).parse(await rpc.call('sale.order', 'create', [Array(count).fill(values)]))
  await rpc.call('sale.order', 'action_confirm', [orders])
  const shape = { id: z.number(), sale_id: many2one, state: z.string() }
  const found = await rpc.searchRead('stock.picking', [['sale_id', 'in', orders]], shape)
  const ready = found.flatMap(({ id, sale_id, state }) =>
    state === 'assigned' && sale_id ? [{ order: sale_id[0], picking: id }] : [],
  )
  if (ready.length !== count) throw new Error(`${ready.length} of ${count} deliveries are ready: is there stock?`)
  return ready
}

/** The same, linked to orders of the shop that are approved there, with nothing left to say on either side. */
export async function prepareLinked(bench: Bench, count: number): Promise<readonly LinkedDelivery[]> {
  const deliveries = await prepareDeliveries(bench.withAddon, count)
  const refs = await approvedInShop(bench, count)
  const { rpc } = bench.withAddon
  const shop = await shopId(bench)
  const pairs = deliveries.map((delivery, index) => ({ ...delivery, ref: refs[index] ?? '' }))
  const values = pairs.map(({ order, ref }) => ({
    shop_id: shop,
    order_id: order,
    shop_ref: ref,
    shop_number: ref,
    theirs: 'approved',
  }))
  const links = z.array(z.number()).parse(await rpc.call('marketplace.link', 'create', [values]))
  await rest(bench)
  return pairs.map((pair, index) => ({ ...pair, link: String(links[index]) }))
}

export async function shopId({ withAddon }: Bench): Promise<number> {
  const [shop] = await withAddon.rpc.search('marketplace.shop', [], { order: 'id', limit: 1 })
  if (shop === undefined) throw new Error('the stack has no shop')
  return shop
}

/** Until the sidecar has nothing left to do. */
export async function rest({ withAddon: { rpc } }: Bench): Promise<void> {
  await until('every change has reached its shop', 600_000, async () => {
    const open = await rpc.call('marketplace.outbox', 'search_count', [[['closed_at', '=', false]]])
    return open === 0 ? true : null
  })
}

/** Acknowledged by us, not by the product: the feed is empty before anything is measured. */
async function approvedInShop(bench: Bench, count: number): Promise<readonly string[]> {
  const { url } = bench.state.marketplaces.cartona
  const wish = { count, prefix: `bench${Date.now().toString(36)}-`, status: 'approved' }
  const { orders } = z
    .object({ orders: z.array(z.string()) })
    .parse(await post(`${url}/__standin/orders/many`, wish, {}))
  for (const ref of orders) {
    const path = `${url}/api/v1/order/update-order-status/${ref}`
    await post(path, { hashed_id: ref, status: 'synced' }, { AuthorizationToken: bench.shopToken })
  }
  return orders
}

async function post(url: string, body: object, headers: Readonly<Record<string, string>>): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return response.json()
}
