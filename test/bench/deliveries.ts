/** Deliveries that only wait for their Validate: orders confirmed and reserved ahead, in batches. */
import type { Bench, Side } from './environment.ts'
import { confirmAll, createInShop, createQuotations, linkAll, untilNothingWaits } from './orders.ts'

export interface Delivery {
  readonly order: number
  readonly picking: number
}

export interface LinkedDelivery extends Delivery {
  readonly link: string
  readonly ref: string
}

const PATIENCE_MS = 600_000

export async function prepareDeliveries({ rpc, goods }: Side, count: number): Promise<readonly Delivery[]> {
  const pickings = await confirmAll(rpc, await createQuotations(rpc, goods, count))
  return [...pickings].map(([order, picking]) => ({ order, picking }))
}

/** The same, linked to orders of the shop that are approved there, with nothing left to say on either side. */
export async function prepareLinked(bench: Bench, count: number): Promise<readonly LinkedDelivery[]> {
  const deliveries = await prepareDeliveries(bench.withAddon, count)
  const shop = { url: bench.state.marketplaces.cartona.url, token: bench.shopToken }
  const refs = await createInShop(shop, 'approved', count)
  const pairs = deliveries.map((delivery, index) => ({ ...delivery, ref: refs[index] ?? '' }))
  const links = await linkAll(bench.withAddon.rpc, await shopId(bench), 'approved', pairs)
  await rest(bench)
  return pairs.map((pair, index) => ({ ...pair, link: String(links[index]) }))
}

export async function shopId({ withAddon }: Bench): Promise<number> {
  const [shop] = await withAddon.rpc.search('marketplace.shop', [], { order: 'id', limit: 1 })
  if (shop === undefined) throw new Error('the stack has no shop')
  return shop
}

/** Until the sidecar has nothing left to do. */
export async function rest({ cluster, withAddon }: Bench): Promise<void> {
  await untilNothingWaits(cluster, withAddon.db, PATIENCE_MS)
}
