/**
 * The outside ledger: what people meant to do, what both sides hold at the end, and the laws between the two. It knows
 * nothing of the product: the shop's side is read from the stand-in, Odoo's side from Odoo's own models. Of the product's
 * tables it looks at two things only, because they are what a person sees: does anything still wait, and is a question open.
 */

/** What a person does. The retailer acts in the shop, everybody else in Odoo. */
export const USER_ACTS = ['confirm', 'validate', 'lock', 'cancel'] as const
export const RETAILER_ACTS = ['edit', 'finish-edit', 'retailer-cancel'] as const
export type UserAct = (typeof USER_ACTS)[number]
export type RetailerAct = (typeof RETAILER_ACTS)[number]
export type Act = UserAct | RetailerAct

export interface Change {
  readonly act: Act
  /** `lost`: no answer came, so it may or may not have happened. */
  readonly outcome: 'done' | 'refused' | 'lost'
  readonly why?: string
}

export interface Story {
  readonly order: string
  /** How it has to end; null when both sides acted at once, and either may win or a person is asked. */
  readonly end: End | null
  readonly changes: readonly Change[]
}

/** The five ways in which both sides can agree, named by the shop's status. */
export type End = 'pending' | 'approved' | 'assigned_to_salesman' | 'delivered' | 'cancelled'

export interface ShopSide {
  readonly status: string
  /** Every change of state, oldest first, without the first state. */
  readonly history: readonly { readonly status: string; readonly by: 'supplier' | 'retailer' }[]
  /** Every status write that arrived from the supplier, taken or refused. */
  readonly writes: readonly { readonly status: string; readonly taken: boolean }[]
  /** The feed still offers it: nobody acknowledged the last change. */
  readonly offered: boolean
}

export interface OdooSide {
  readonly order: string
  readonly locked: boolean
  readonly deliveries: readonly string[]
  /** Notes in the chatter that the sync wrote. */
  readonly notes: number
}

export interface SeenByPerson {
  readonly waiting: number
  readonly conflicts: number
}

export interface Final {
  readonly shop: ShopSide
  readonly odoo: OdooSide
  readonly seen: SeenByPerson
}

/** Which agreement the shop's status stands for. While the retailer edits, the order stands as if pending. */
export function endOfShop(status: string): End | null {
  if (status === 'pending' || status === 'editing') return 'pending'
  if (status === 'cancelled_by_retailer' || status === 'cancelled_by_supplier') return 'cancelled'
  if (status === 'approved' || status === 'assigned_to_salesman' || status === 'delivered') return status
  return null
}

export function endOfOdoo({ order, locked, deliveries }: OdooSide): End | null {
  const living = deliveries.filter((state) => state !== 'cancel')
  const shipped = living.length > 0 && living.every((state) => state === 'done')
  if (order === 'cancel') return living.length === 0 ? 'cancelled' : null
  if (order === 'draft' || order === 'sent') return living.length === 0 ? 'pending' : null
  if (order !== 'sale') return null
  if (!shipped) return living.includes('done') ? null : 'approved'
  return locked ? 'delivered' : 'assigned_to_salesman'
}

type Law = (story: Story, final: Final) => string | null

const agreement: Law = (_story, { shop, odoo, seen }) => {
  const [theirs, ours] = [endOfShop(shop.status), endOfOdoo(odoo)]
  const sides = `the shop says ${shop.status}, Odoo says ${words(odoo)}`
  if (theirs !== null && theirs === ours)
    return seen.conflicts === 0 ? null : `a question is open though both agree: ${sides}`
  if (seen.conflicts === 1) return null
  return `${sides}, and a person sees ${seen.conflicts} conflicts instead of one`
}

const strictEnd: Law = ({ end, changes }, { shop, odoo }) => {
  if (end === null || changes.some(({ outcome }) => outcome !== 'done')) return null
  if (endOfShop(shop.status) === end && endOfOdoo(odoo) === end) return null
  return `had to end as ${end}, but the shop says ${shop.status} and Odoo says ${words(odoo)}`
}

/** Whatever won a race: somebody meant it. */
const meant: Law = ({ changes }, { shop, odoo }) => {
  const possible = new Set<End>(['pending', ...changes.filter(({ outcome }) => outcome !== 'refused').map(endAfter)])
  const strange = [endOfShop(shop.status), endOfOdoo(odoo)].find((end) => end !== null && !possible.has(end))
  return strange === undefined ? null : `ended as ${strange}, which nobody asked for`
}

/** What moves an order by itself, so that it cannot be back where it began. A lock alone moves nothing. */
const MOVES: ReadonlySet<Act> = new Set(['confirm', 'validate', 'cancel', 'retailer-cancel'])

const notLost: Law = ({ changes }, { shop, odoo, seen }) => {
  const acted = changes.some(({ act, outcome }) => outcome === 'done' && MOVES.has(act))
  const back = endOfShop(shop.status) === 'pending' && endOfOdoo(odoo) === 'pending' && seen.conflicts === 0
  return acted && back ? 'what was done is gone on both sides' : null
}

/** Where people act in turn, nothing they do is turned down. After a lost answer all is open. */
const notRefused: Law = ({ end, changes }) => {
  const refused = changes.find(({ outcome }) => outcome === 'refused')
  if (end === null || !refused || changes.some(({ outcome }) => outcome === 'lost')) return null
  return `${refused.act} was turned down: ${refused.why ?? 'the shop said no'}`
}

const notWaiting: Law = (_story, { shop, seen }) => {
  if (seen.waiting > 0) return `${seen.waiting} rows still wait`
  return shop.offered ? 'the feed still offers it' : null
}

const notDoubled: Law = (_story, { shop }) => {
  const ours = shop.history.filter(({ by }) => by === 'supplier').map(({ status }) => status)
  const twice = ours.find((status, index) => ours.indexOf(status) !== index)
  return twice === undefined ? null : `the shop was moved to ${twice} twice: ${ours.join(', ')}`
}

/** A retailer's cancellation that was alone on the field needs no write of ours: it would be our own echo. */
const noEcho: Law = ({ end, changes }, { shop }) => {
  const cancelled = changes.some(({ act, outcome }) => act === 'retailer-cancel' && outcome === 'done')
  if (end === null || !cancelled || !shop.writes.some(({ status }) => status === 'cancelled_by_supplier')) return null
  return 'the retailer cancelled, and we sent the cancellation back'
}

const oneDelivery: Law = (_story, { odoo }) =>
  odoo.deliveries.length > 1 ? `the order has ${odoo.deliveries.length} deliveries instead of one` : null

/** The retailer cancels once: one note says so. A late answer of our own is no news and writes none. */
const oneNote: Law = ({ changes }, { odoo }) => {
  const news = changes.filter(({ act, outcome }) => act === 'retailer-cancel' && outcome !== 'refused').length
  return odoo.notes > news ? `${odoo.notes} notes in the chatter for ${news} changes in the shop` : null
}

const noteWritten: Law = ({ end, changes }, { odoo }) => {
  const cancelled = changes.some(({ act, outcome }) => act === 'retailer-cancel' && outcome === 'done')
  return end !== null && cancelled && odoo.notes === 0 ? 'the chatter does not say that the retailer cancelled' : null
}

const LAWS: Readonly<Record<string, Law>> = {
  agreement,
  'strict end': strictEnd,
  meant,
  'not lost': notLost,
  'not refused': notRefused,
  'not waiting': notWaiting,
  'not doubled': notDoubled,
  'no echo': noEcho,
  'one delivery': oneDelivery,
  'one note': oneNote,
  'note written': noteWritten,
}

/** One sentence per broken law. */
export function violations(story: Story, final: Final): readonly string[] {
  return Object.entries(LAWS).flatMap(([name, law]) => {
    const problem = law(story, final)
    return problem === null ? [] : [`${story.order} [${tale(story)}] ${name}: ${problem}`]
  })
}

/** Writes that the shop took beyond the first of each status: harmless there, but only a crash or a fault may cause one. */
export function repeats({ writes }: ShopSide): number {
  const taken = writes.flatMap((write) => (write.taken ? [write.status] : []))
  return taken.length - new Set(taken).size
}

function endAfter({ act }: Change): End {
  const ends = {
    confirm: 'approved',
    validate: 'assigned_to_salesman',
    lock: 'delivered',
    cancel: 'cancelled',
    edit: 'pending',
    'finish-edit': 'pending',
    'retailer-cancel': 'cancelled',
  } as const satisfies Record<Act, End>
  return ends[act]
}

const tale = ({ changes }: Story): string =>
  changes.map(({ act, outcome }) => (outcome === 'done' ? act : `${act} (${outcome})`)).join(', ')

function words({ order, locked, deliveries }: OdooSide): string {
  return `${order}${locked ? ' locked' : ''} / ${deliveries.join('+') || 'no delivery'}`
}
