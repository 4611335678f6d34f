/**
 * What Cartona keeps about an order and who may move it where. Pure: no clock, no I/O. Written from the vendor's document
 * (in the history of github.com/cartona/cartona_odoo, read 2026-11-21), not from our connector, so that one mistake is not
 * made twice. What the vendor does not say is marked "assumed".
 */
import { z } from 'zod'

export const STATUSES = [
  'pending',
  'editing',
  'approved',
  'assigned_to_salesman',
  'delivered',
  'cancelled_by_retailer',
  'cancelled_by_supplier',
  'returned',
] as const
export type Status = (typeof STATUSES)[number]

export const CANCEL_REASONS = [
  'out_of_stock',
  'cannot_deliver_the_order',
  'supplier_asked_me_to_cancel',
  'delayed_order',
  'pending_order_without_action',
  'removed_items',
  'supplier_attitude',
  'missing_items',
  'expired_products',
  'different_prices',
  'different_products',
] as const

const lineSchema = z.object({
  id: z.number(),
  supplier_product_id: z.string(),
  internal_product_id: z.string(),
  base_product_id: z.string(),
  unit: z.string(),
  unit_count: z.number(),
  product_name: z.string(),
  amount: z.number(),
  selling_price: z.number(),
  applied_supplier_discount: z.number(),
  applied_cartona_discount: z.number(),
  comment: z.string().nullable(),
})
export type Line = Readonly<z.infer<typeof lineSchema>>

/** The order as the supplier sees it: these fields and no others leave through the API. */
const orderSchema = z.object({
  hashed_id: z.string(),
  receipt_id: z.string(),
  supplier_code: z.string(),
  status: z.enum(STATUSES),
  delivered_by: z.enum(['delivered_by_supplier', 'delivered_by_cartona']),
  edited_by_admin: z.boolean(),
  created_at: z.string(),
  delivery_day: z.string().nullable(),
  estimated_delivery_day: z.string().nullable(),
  cancellation_reason: z.string(),
  return_reason: z.string().nullable(),
  note_message: z.string(),
  total_price: z.number(),
  applied_supplier_rebate: z.number(),
  cartona_credit: z.number(),
  installment_cost: z.number(),
  wallet_top_up: z.number(),
  distribution_route_code: z.string(),
  retailer: z.record(z.string(), z.string()),
  order_details: z.array(lineSchema),
})
export type Order = Readonly<z.infer<typeof orderSchema>>

const stepSchema = z.object({
  at: z.string(),
  actor: z.enum(['retailer', 'supplier', 'cartona']),
  from: z.enum(STATUSES).nullable(),
  to: z.enum(STATUSES),
  note: z.string(),
})
export type Actor = z.infer<typeof stepSchema>['actor']
export type Step = Readonly<z.infer<typeof stepSchema>>

/** The order with what only Cartona and the retailer know. */
export const keptSchema = z.object({
  order: orderSchema,
  sequence: z.number(),
  /** The retailer reads this code to the salesman. */
  otp: z.string(),
  updated_at: z.string(),
  /** Confirmed by the supplier: not in the feed until it changes. */
  synced: z.boolean(),
  history: z.array(stepSchema),
})
export type Kept = Readonly<z.infer<typeof keptSchema>>

export interface Move {
  readonly to: Status
  readonly actor: Actor
  readonly at: string
  readonly reason?: string | undefined
  readonly otp?: string | undefined
}

export interface House {
  /** The document's list of accepted statuses lacks `returned`, though the guide says that suppliers can mark it. */
  readonly accept_returned: boolean
  /** Whether the supplier's own writes put the order into the feed again (assumed: the worst case). */
  readonly echo: boolean
}

export const HOUSE: House = { accept_returned: false, echo: true }

export type Moved =
  | { readonly ok: true; readonly kept: Kept; readonly changed: boolean }
  | { readonly ok: false; readonly message: string }

type Steps = Readonly<Record<Status, readonly Status[]>>

const NOWHERE: Steps = {
  pending: [],
  editing: [],
  approved: [],
  assigned_to_salesman: [],
  delivered: [],
  cancelled_by_retailer: [],
  cancelled_by_supplier: [],
  returned: [],
}

const SUPPLIER: Steps = {
  ...NOWHERE,
  pending: ['approved', 'cancelled_by_supplier'],
  approved: ['assigned_to_salesman', 'cancelled_by_supplier'],
  assigned_to_salesman: ['delivered', 'cancelled_by_supplier', 'returned'],
}

export const STEPS: Readonly<Record<Actor, Steps>> = {
  retailer: {
    ...NOWHERE,
    pending: ['editing', 'cancelled_by_retailer'],
    editing: ['pending'],
    approved: ['cancelled_by_retailer'],
  },
  supplier: SUPPLIER,
  // assumed: on orders that Cartona delivers, it makes the supplier's steps itself
  cartona: SUPPLIER,
}

/** What the update call takes, by the document. */
const SETTABLE: readonly Status[] = [
  'pending',
  'approved',
  'assigned_to_salesman',
  'delivered',
  'cancelled_by_supplier',
]

export function move(kept: Kept, wanted: Move, house: House): Moved {
  const { order } = kept
  const problem = wanted.actor === 'supplier' ? supplierProblem(kept, wanted, house) : null
  if (problem) return { ok: false, message: problem }
  // the same status again is accepted and changes nothing
  if (order.status === wanted.to) return { ok: true, kept, changed: false }
  if (!STEPS[wanted.actor][order.status].includes(wanted.to)) {
    return { ok: false, message: `order can not move from ${order.status} to ${wanted.to}` }
  }
  if (wanted.actor !== 'retailer' && wanted.to === 'delivered' && otpProblem(kept, wanted)) {
    return { ok: false, message: 'retailer_otp is missing or wrong' }
  }
  return { ok: true, kept: moved(kept, wanted, house), changed: true }
}

function supplierProblem({ order }: Kept, { to, reason }: Move, house: House): string | null {
  if (!SETTABLE.includes(to) && !(to === 'returned' && house.accept_returned)) {
    return `status ${to} is not accepted`
  }
  if (reason && !CANCEL_REASONS.some((known) => known === reason)) return 'cancellation_reason is not known'
  if (order.status === to) return null
  if (order.delivered_by === 'delivered_by_cartona' && to !== 'cancelled_by_supplier') {
    return 'order is delivered by cartona: only a cancellation is allowed'
  }
  return null
}

function otpProblem({ order, otp }: Kept, wanted: Move): boolean {
  return wanted.actor === 'supplier' && needsOtp(order) && wanted.otp !== otp
}

export const needsOtp = (order: Order) => order.installment_cost > 0 || order.wallet_top_up > 0

function moved(kept: Kept, { to, actor, at, reason = '' }: Move, house: House): Kept {
  const { order } = kept
  const words = to === 'returned' ? { return_reason: reason } : {}
  const cancelled = to.startsWith('cancelled') ? { cancellation_reason: reason } : {}
  return {
    ...kept,
    order: { ...order, ...words, ...cancelled, status: to },
    updated_at: at,
    synced: actor === 'supplier' && !house.echo ? kept.synced : false,
    history: [...kept.history, { at, actor, from: order.status, to, note: reason }],
  }
}

/** The retailer's new amounts, taken over while the order is open for editing. */
export function withAmounts(kept: Kept, amounts: Readonly<Record<string, number>>): Kept {
  const lines = kept.order.order_details.map((line) => ({ ...line, amount: amounts[String(line.id)] ?? line.amount }))
  return { ...kept, order: { ...kept.order, order_details: lines, total_price: totalOf(lines) } }
}

export function totalOf(lines: readonly Line[]): number {
  return Math.round(lines.reduce((sum, line) => sum + line.amount * line.selling_price, 0) * 100) / 100
}

export function acknowledged(kept: Kept): Kept {
  return { ...kept, synced: true }
}
