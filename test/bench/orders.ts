/** Orders by the dozen on both sides, linked: what benches and chaos runs start from. */
import { z } from 'zod'
import { many2one, type OdooRpc } from '../stack/odoo-rpc.ts'
import { type Cluster, sql } from '../stack/postgres.ts'
import type { Seeded } from '../stack/seed.ts'
import { until } from '../stack/wait.ts'

export type Goods = Pick<Seeded, 'company' | 'partner' | 'products'>

const BATCH = 50
const ids = z.array(z.number())

/** Sizes of at most `BATCH` that make up the count. */
function batches(count: number): readonly number[] {
  return Array.from({ length: Math.ceil(count / BATCH) }, (_, index) => Math.min(BATCH, count - index * BATCH))
}

export async function createQuotations(rpc: OdooRpc, goods: Goods, count: number): Promise<readonly number[]> {
  const lines = goods.products.map(({ id, price }) => [0, 0, { product_id: id, product_uom_qty: 2, price_unit: price }])
  const values = { partner_id: goods.partner, company_id: goods.company, order_line: lines }
  const made: number[] = []
  for (const size of batches(count)) {
    made.push(...ids.parse(await rpc.call('sale.order', 'create', [Array(size).fill(values)])))
  }
  return made
}

/** Confirms quotations in batches; answers the delivery of each, ready to be validated. */
export async function confirmAll(rpc: OdooRpc, orders: readonly number[]): Promise<ReadonlyMap<number, number>> {
  for (let from = 0; from < orders.length; from += BATCH) {
    await rpc.call('sale.order', 'action_confirm', [orders.slice(from, from + BATCH)])
  }
  const shape = { id: z.number(), sale_id: many2one, state: z.string() }
  const found = await rpc.searchRead('stock.picking', [['sale_id', 'in', orders]], shape)
  const ready = found.flatMap(({ id, sale_id, state }): [number, number][] =>
    state === 'assigned' && sale_id ? [[sale_id[0], id]] : [],
  )
  if (ready.length !== orders.length) throw new Error(`${ready.length} of ${orders.length} deliveries are ready`)
  return new Map(ready)
}

/** Orders of the shop in a status, already acknowledged by us and not by the product: its feed does not offer them. */
export async function createInShop(
  shop: { url: string; token: string },
  status: string,
  count: number,
): Promise<readonly string[]> {
  const wish = { count, prefix: `bulk${Date.now().toString(36)}-`, status }
  const { orders } = z
    .object({ orders: z.array(z.string()) })
    .parse(await post(`${shop.url}/__standin/orders/many`, wish, {}))
  for (const ref of orders) {
    const path = `${shop.url}/api/v1/order/update-order-status/${ref}`
    await post(path, { hashed_id: ref, status: 'synced' }, { AuthorizationToken: shop.token })
  }
  return orders
}

/** Answers the links in the order of the orders. */
export async function linkAll(
  rpc: OdooRpc,
  shop: number,
  theirs: string,
  pairs: readonly { readonly order: number; readonly ref: string }[],
): Promise<readonly number[]> {
  const values = pairs.map(({ order, ref }) => ({
    shop_id: shop,
    order_id: order,
    shop_ref: ref,
    shop_number: ref,
    theirs,
  }))
  return ids.parse(await rpc.call('marketplace.link', 'create', [values]))
}

export async function openRows(cluster: Cluster, db: string): Promise<ReadonlyMap<number, number>> {
  const rows = await sql(
    cluster,
    db,
    'select link_id, count(*) from marketplace_outbox where closed_at is null group by 1',
  )
  return new Map(
    rows
      .split('\n')
      .filter(Boolean)
      .map((row) => row.split('|').map(Number) as [number, number]),
  )
}

/** Until the sidecar has told Odoo of everything. */
export async function untilNothingWaits(cluster: Cluster, db: string, patienceMs: number): Promise<void> {
  await until('no outbox row waits', patienceMs, async () => ((await openRows(cluster, db)).size === 0 ? true : null))
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
