import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { ShopChange } from '../contract.ts'
import type { MemoryOrder } from './shop.ts'

/** What the shop says about an order, in the feed and in a delivery alike. */
export const orderSchema = z.object({
  ref: z.string().min(1),
  number: z.string().min(1),
  status: z.string().min(1),
  fulfilled_by: z.enum(['us', 'shop']),
  reason: z.string(),
  code_needed: z.boolean(),
  changed_at: z.string(),
})
export type RawOrder = z.infer<typeof orderSchema>

export function rawOf(order: MemoryOrder): RawOrder {
  return {
    ref: order.ref,
    number: order.number,
    status: order.status,
    fulfilled_by: order.fulfilledBy,
    reason: order.reason,
    code_needed: order.code !== '',
    changed_at: order.changedAt,
  }
}

export function changeFrom(raw: RawOrder): ShopChange {
  return {
    ref: raw.ref,
    number: raw.number,
    status: raw.status,
    fulfilledBy: raw.fulfilled_by,
    reason: raw.reason,
    needs: raw.code_needed ? { received: ['buyer_code'] } : {},
    changedAt: raw.changed_at,
    digest: createHash('sha256').update(JSON.stringify(raw)).digest('hex'),
  }
}
