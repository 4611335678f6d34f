/** What lies in the store as JSON, checked when it is read: a file may be older than the code, or touched by hand. */
import { z } from 'zod'
import type { ShopChange } from '../connectors/contract.ts'
import { type Agreement, DELIVERY_SIDES, type InputName, ORDER_SIDES, type Pair } from '../core/entities.ts'
import type { AckItem, ApplyItem, LogRow } from '../odoo/wire.ts'

const text = z.string()

export const pairShape = z.object({
  order: z.enum(ORDER_SIDES),
  delivery: z.enum(DELIVERY_SIDES),
}) satisfies z.ZodType<Pair>

export const agreementShape = z.object({ status: text, pair: pairShape }) satisfies z.ZodType<Agreement>

export const textsShape = z.array(text)

const inputName = z.enum(['buyer_code', 'cancel_reason']) satisfies z.ZodType<InputName>
export const needsShape = z.record(text, z.array(inputName))
export const inputsShape = z.partialRecord(inputName, text)

export const changeShape = z.object({
  ref: text,
  number: text,
  status: text,
  fulfilledBy: z.enum(['us', 'shop']).nullable(),
  reason: text,
  needs: needsShape.nullable(),
  changedAt: text,
  digest: text,
}) satisfies z.ZodType<ShopChange>

const logShape = z.object({
  at: text,
  direction: z.enum(['in', 'out']),
  operation: text,
  attempt: z.number(),
  trigger: text,
  user: text,
  base: text,
  ours: text,
  theirs: text,
  rule: text,
  sent: text,
  answer: text,
  code: text,
  duration_ms: z.number(),
  outcome: text,
  hops: z.number(),
}) satisfies z.ZodType<LogRow>

export const ackShape = z.object({
  link: text,
  rows: textsShape,
  outcome: z.enum(['sent', 'folded', 'nothing', 'skipped', 'refused', 'conflict', 'failed', '']),
  operation: text,
  state: z.enum(['pending', 'syncing', 'synced', 'failed', 'conflict']),
  reason: text,
  detail: text,
  next_try: text,
  version: text,
  base: pairShape.extend({ status: text }).optional(),
  theirs: text.optional(),
  sent: textsShape.optional(),
  log: z.array(logShape),
}) satisfies z.ZodType<AckItem>

export const applyShape = z.object({
  operation: text,
  link: text,
  version: text,
  status: text,
  status_label: text,
  actor: z.enum(['buyer', 'us', 'shop', '']),
  reason: text,
  target: pairShape,
  log: logShape,
}) satisfies z.ZodType<ApplyItem>
