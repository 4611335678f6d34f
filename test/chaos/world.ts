/** A running stack seen from outside: people act on both sides, and the ledger reads both sides. */
import { z } from 'zod'
import { type Goods, openRows } from '../bench/orders.ts'
import { many2one, OdooFault, OdooRpc, text } from '../stack/odoo-rpc.ts'
import { readPlan } from '../stack/plan.ts'
import type { Cluster } from '../stack/postgres.ts'
import { deliveryOf, validate } from '../stack/seed.ts'
import { known } from '../stack/smoke.ts'
import { prepare } from '../stack/stack.ts'
import { readState } from '../stack/state.ts'
import type { Act, Change, Final, OdooSide, RetailerAct, ShopSide, UserAct } from './ledger.ts'

/** One linked order. */
export interface Subject {
  readonly order: number
  readonly link: number
  readonly ref: string
}

export interface World {
  readonly rpc: OdooRpc
  readonly db: string
  readonly cluster: Cluster
  readonly goods: Goods
  readonly sidecar: string
  readonly shop: { readonly id: number; readonly name: string; readonly url: string; readonly token: string }
}

export async function openWorld(): Promise<World> {
  const state = readState()
  const rpc = await OdooRpc.login(state.odoo)
  const seeded = await known(rpc)
  const { name } = await rpc.readOne('marketplace.shop', seeded.shop, { name: text })
  const { cluster } = await prepare()
  const { url } = state.marketplaces.cartona
  const shop = { id: seeded.shop, name, url, token: readPlan()?.shopToken ?? '' }
  return { rpc, db: state.odoo.db, cluster, goods: seeded, sidecar: state.sidecar.url, shop }
}

// people --------------------------------------------------------------------------------------------------------------

const METHODS = { confirm: 'action_confirm', lock: 'action_lock', cancel: 'action_cancel' } as const

type Answer = Pick<Change, 'outcome' | 'why'>

export async function userActs({ rpc }: World, { order }: Subject, act: UserAct): Promise<Answer> {
  try {
    if (act === 'validate') return { outcome: await validates(rpc, order) }
    await rpc.call('sale.order', METHODS[act], [[order]], { context: { disable_cancel_warning: true } })
    return { outcome: 'done' }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const no = error instanceof OdooFault && /UserError|ValidationError/.test(error.kind)
    // anything but a no leaves open whether Odoo had committed before
    return { outcome: no ? 'refused' : 'lost', why }
  }
}

/** Odoo takes a Validate of a cancelled delivery without a word, and does nothing. */
async function validates(rpc: OdooRpc, order: number): Promise<Change['outcome']> {
  const picking = await deliveryOf(rpc, order)
  if (picking === null) return 'refused'
  await validate(rpc, picking)
  const { state } = await rpc.readOne('stock.picking', picking, { state: z.string() })
  return state === 'done' ? 'done' : 'refused'
}

const PATHS: Readonly<Record<RetailerAct, string>> = {
  edit: 'edit',
  'finish-edit': 'finish-editing',
  'retailer-cancel': 'cancel',
}

export async function retailerActs({ shop }: World, { ref }: Subject, act: RetailerAct): Promise<Change['outcome']> {
  const response = await fetch(`${shop.url}/__standin/orders/${ref}/${PATHS[act]}`, { method: 'POST' })
  if (response.status === 409) return 'refused'
  if (!response.ok) throw new Error(`the stand-in answered ${response.status} to ${act}: ${await response.text()}`)
  await response.arrayBuffer()
  return 'done'
}

export const isRetailers = (act: Act): act is RetailerAct => act in PATHS

// the ledger reads ----------------------------------------------------------------------------------------------------

const keptSchema = z.object({
  order: z.object({ hashed_id: z.string(), status: z.string() }),
  synced: z.boolean(),
  history: z.array(
    z.object({ actor: z.enum(['retailer', 'supplier', 'cartona']), from: z.string().nullable(), to: z.string() }),
  ),
})
const requestSchema = z.object({
  number: z.number(),
  order: z.string(),
  wanted: z.string(),
  status: z.number(),
  applied: z.boolean(),
})

/** Requests are noted from here on. */
export async function requestMark({ shop }: World): Promise<number> {
  const requests = z.array(requestSchema).parse(await getJson(`${shop.url}/__standin/requests`))
  return requests.at(-1)?.number ?? 0
}

type Writes = ShopSide['writes']

async function readShop({ shop }: World, since: number): Promise<ReadonlyMap<string, ShopSide>> {
  const orders = z.array(keptSchema).parse(await getJson(`${shop.url}/__standin/orders`))
  const requests = z.array(requestSchema).parse(await getJson(`${shop.url}/__standin/requests?since=${since}`))
  const writes = new Map<string, Writes>()
  for (const { order, wanted, status, applied } of requests) {
    // what was turned away at the door never reached the order
    const arrived = applied || status === 200 || status === 422
    if (!arrived || wanted === '' || wanted === 'synced') continue
    writes.set(order, [...(writes.get(order) ?? []), { status: wanted, taken: status !== 422 }])
  }
  return new Map(orders.map((kept) => [kept.order.hashed_id, shopSide(kept, writes.get(kept.order.hashed_id) ?? [])]))
}

function shopSide({ order, synced, history }: z.infer<typeof keptSchema>, writes: Writes): ShopSide {
  const moves = history.filter(({ from }) => from !== null)
  const by = (actor: string) => (actor === 'retailer' ? ('retailer' as const) : ('supplier' as const))
  return {
    status: order.status,
    history: moves.map(({ actor, to }) => ({ status: to, by: by(actor) })),
    writes,
    offered: !synced,
  }
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.json()
}

async function readOdoo({ rpc, shop }: World, orders: readonly number[]): Promise<ReadonlyMap<number, OdooSide>> {
  const found = await rpc.searchRead('sale.order', [['id', 'in', orders]], {
    id: z.number(),
    state: z.string(),
    locked: z.boolean(),
  })
  const pickings = await rpc.searchRead('stock.picking', [['sale_id', 'in', orders]], {
    sale_id: many2one,
    state: z.string(),
  })
  const notes = await rpc.searchRead(
    'mail.message',
    [
      ['model', '=', 'sale.order'],
      ['res_id', 'in', orders],
      ['body', 'ilike', shop.name],
    ],
    { res_id: z.number() },
  )
  return new Map(
    found.map(({ id, state, locked }) => [
      id,
      {
        order: state,
        locked,
        deliveries: pickings.filter(({ sale_id }) => sale_id && sale_id[0] === id).map((picking) => picking.state),
        notes: notes.filter(({ res_id }) => res_id === id).length,
      },
    ]),
  )
}

/** Both sides of these orders, and what a person sees of them. Read twice as fast as it changes, or at rest. */
export async function readAll(
  world: World,
  subjects: readonly Subject[],
  since: number,
): Promise<ReadonlyMap<Subject, Final>> {
  const shop = await readShop(world, since)
  const odoo = await readOdoo(
    world,
    subjects.map(({ order }) => order),
  )
  const waiting = await openRows(world.cluster, world.db)
  const links = await world.rpc.searchRead('marketplace.link', [['id', 'in', subjects.map(({ link }) => link)]], {
    id: z.number(),
    state: text,
  })
  const states = new Map(links.map(({ id, state }) => [id, state]))
  return new Map(
    subjects.map((subject) => {
      const [theirs, ours] = [shop.get(subject.ref), odoo.get(subject.order)]
      if (!theirs || !ours) throw new Error(`order ${subject.order} or ${subject.ref} is gone`)
      const conflicts = states.get(subject.link) === 'conflict' ? 1 : 0
      return [subject, { shop: theirs, odoo: ours, seen: { waiting: waiting.get(subject.link) ?? 0, conflicts } }]
    }),
  )
}
