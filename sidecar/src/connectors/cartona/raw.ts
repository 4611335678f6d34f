/**
 * What Cartona says about an order, as far as we use it. Source: the vendor's API document in the history of
 * github.com/cartona/cartona_odoo. Last checked: 2026-11-21. The retailer's name, phone and address are left unread.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { ShopChange } from '../contract.ts'
import { statusFrom } from './states.ts'

const key = z.union([z.string(), z.number()]).transform(String).pipe(z.string().min(1))
const amount = z.union([z.string(), z.number()]).nullish()
const word = z.string().nullish()

const orderSchema = z.object({
  hashed_id: key,
  receipt_id: key.nullish(),
  status: z.string().min(1),
  supplier_code: key.nullish(),
  delivered_by: word,
  cancellation_reason: word,
  return_reason: word,
  installment_cost: amount,
  wallet_top_up: amount,
})
type RawOrder = z.infer<typeof orderSchema>

export type ReadOrder =
  | { readonly ok: true; readonly change: ShopChange; readonly supplierCode: string | null }
  | { readonly ok: false; readonly ref: string; readonly problem: string }

export function readOrder(body: unknown): ReadOrder {
  const order = orderSchema.safeParse(body)
  if (order.success) {
    return { ok: true, change: changeFrom(order.data), supplierCode: order.data.supplier_code ?? null }
  }
  const fields = [...new Set(order.error.issues.map((issue) => issue.path.join('.') || 'the order itself'))]
  return { ok: false, ref: refOf(body), problem: `The order could not be read: ${fields.join(', ')}.` }
}

/** An unreadable order is shown under its key when at least that can be read. */
function refOf(body: unknown): string {
  const known = z.object({ hashed_id: key }).safeParse(body)
  return known.success ? known.data.hashed_id : ''
}

const namedSchema = z.looseObject({ hashed_id: key.optional(), cartona_id: key.optional() })

/** The seed's delivery names the order `hashed_id` or `cartona_id`; all else is as in the feed. */
export function readDelivery(body: unknown): ShopChange | null {
  const named = namedSchema.safeParse(body)
  if (!named.success) return null
  const order = orderSchema.safeParse({ hashed_id: named.data.cartona_id, ...named.data })
  return order.success ? changeFrom(order.data) : null
}

function changeFrom(raw: RawOrder): ShopChange {
  const change = {
    ref: raw.hashed_id,
    number: raw.receipt_id ?? raw.hashed_id,
    status: statusFrom(raw.status),
    fulfilledBy: fulfillerOf(raw.delivered_by),
    reason: readable(raw.cancellation_reason || raw.return_reason || ''),
    needs: needsOf(raw),
    // Cartona gives the time of creation only
    changedAt: '',
  }
  return { ...change, digest: createHash('sha256').update(JSON.stringify(change)).digest('hex') }
}

/** A delivery to us may be as short as key and status: then nothing is said about who delivers. */
function fulfillerOf(deliveredBy: string | null | undefined): ShopChange['fulfilledBy'] {
  if (!deliveredBy) return null
  return deliveredBy === 'delivered_by_cartona' ? 'shop' : 'us'
}

/** Money that Cartona lends or stores makes the retailer's one-time code a condition of `delivered`. */
function needsOf(raw: RawOrder): ShopChange['needs'] {
  if (raw.installment_cost === undefined && raw.wallet_top_up === undefined) return null
  const codeNeeded = isPositive(raw.installment_cost) || isPositive(raw.wallet_top_up)
  return codeNeeded ? { delivered: ['buyer_code'] } : {}
}

function isPositive(value: string | number | null | undefined): boolean {
  return Number(value ?? 0) > 0
}

/** `out_of_stock` -> `Out of stock`; free text stays as it is. */
function readable(reason: string): string {
  if (!/^[a-z]+(_[a-z]+)*$/.test(reason)) return reason
  const words = reason.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
