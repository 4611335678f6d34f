/** The shapes of PROTOCOL.md, parsed at the door. Past this file nothing from Odoo is `unknown`. */
import { z } from 'zod'
import { DELIVERY_SIDES, ORDER_SIDES } from '../core/entities.ts'

export const PROTOCOL = 1

const id = z.string().regex(/^\d+$/)
const text = z.string()

export const pairSchema = z.object({ order: z.enum(ORDER_SIDES), delivery: z.enum(DELIVERY_SIDES) })
export const baseSchema = pairSchema.extend({ status: text })

export const rowSchema = z.object({
  id,
  cause: text,
  user: text,
  origin: text,
  hops: z.number().int(),
  skipped: z.boolean(),
  at: text,
})
export type Row = z.infer<typeof rowSchema>

export const snapshotSchema = z.object({
  id,
  shop: id,
  ref: text,
  order: text,
  order_name: text,
  company: id,
  owner: z.boolean(),
  fulfilled_by: z.enum(['us', 'shop']),
  version: id,
  base: baseSchema.optional(),
  theirs: text,
  sent: z.array(text),
  operation: text,
  state: text,
  ours: pairSchema,
  inputs: z.object({ buyer_code: text, cancel_reason: text }),
  answer: z.enum(['ours', 'theirs', '']),
  rows: z.array(rowSchema),
})
export type Snapshot = z.infer<typeof snapshotSchema>

export const envelopeSchema = z.object({
  protocol: z.number().int(),
  uuid: text,
  fingerprint: text,
  instance: text,
  now: text,
})
export type Envelope = z.infer<typeof envelopeSchema>

export const claimAnswer = envelopeSchema.extend({ links: z.array(snapshotSchema), more: z.boolean() })
export type ClaimAnswer = z.infer<typeof claimAnswer>

export const acknowledgeAnswer = envelopeSchema.extend({
  links: z.array(z.object({ id, version: id, pending: z.boolean() })),
})
export type AcknowledgeAnswer = z.infer<typeof acknowledgeAnswer>

export const readAnswer = envelopeSchema.extend({
  links: z.array(snapshotSchema),
  unknown: z.array(z.object({ shop: id, ref: text })),
})
export type ReadAnswer = z.infer<typeof readAnswer>

export const APPLY_OUTCOMES = ['applied', 'stale', 'conflict', 'failed'] as const
export const applyAnswer = envelopeSchema.extend({
  results: z.array(
    z.object({
      operation: text,
      link: id,
      outcome: z.enum(APPLY_OUTCOMES),
      code: text,
      detail: text,
      snapshot: snapshotSchema,
    }),
  ),
})
export type ApplyAnswer = z.infer<typeof applyAnswer>
export type ApplyResult = ApplyAnswer['results'][number]

export const shopSchema = z.object({
  id,
  name: text,
  connector: text,
  company: id,
  active: z.boolean(),
  send: z.boolean(),
  receive: z.boolean(),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})
export type ShopConfig = z.infer<typeof shopSchema>

export const configAnswer = envelopeSchema.extend({
  stamp: text,
  unchanged: z.boolean().optional(),
  shops: z.array(shopSchema).optional(),
})
export type ConfigAnswer = z.infer<typeof configAnswer>

export const emptyAnswer = envelopeSchema

export const wakeBody = z.object({
  protocol: z.number().int(),
  epoch: text,
  uuid: text,
  fingerprint: text,
  instance: text,
  links: z.array(snapshotSchema).max(200),
})
export type WakeBody = z.infer<typeof wakeBody>

export type Outcome = 'sent' | 'folded' | 'nothing' | 'skipped' | 'refused' | 'conflict' | 'failed'
export type LinkState = 'pending' | 'syncing' | 'synced' | 'failed' | 'conflict'

export interface LogRow {
  at: string
  direction: 'in' | 'out'
  operation: string
  attempt: number
  trigger: string
  user: string
  base: string
  ours: string
  theirs: string
  rule: string
  sent: string
  answer: string
  code: string
  duration_ms: number
  outcome: string
  hops: number
}

export interface AckItem {
  link: string
  rows: string[]
  outcome: Outcome | ''
  operation: string
  state: LinkState
  reason: string
  detail: string
  next_try: string
  version: string
  base?: z.infer<typeof baseSchema>
  theirs?: string
  sent?: string[]
  fulfilled_by?: 'us' | 'shop'
  log: LogRow[]
}

export interface ApplyItem {
  operation: string
  link: string
  version: string
  status: string
  status_label: string
  actor: 'buyer' | 'us' | 'shop' | ''
  reason: string
  target: z.infer<typeof pairSchema>
  log: LogRow
}

export interface ConnectorAnnouncement {
  name: string
  label: string
  version: string
  fields: Record<string, unknown>[]
  statuses: { code: string; label: string; final: boolean; actor: string }[]
  webhook_paths: string[]
}

export interface ShopReport {
  id: string
  state: 'ok' | 'problem'
  message: string
  unknown_orders: { ref: string; number: string; status: string; seen: string }[]
}
