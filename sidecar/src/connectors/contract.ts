/**
 * What one marketplace is to the rest of the product. A connector is data (statuses, legal steps, mapping, settings)
 * plus a session that talks to the platform. What a platform cannot do is left out; the flows ask once.
 */
import type { z } from 'zod'
import type { Fulfiller, InputName, Mapping, Rules, Status } from '../core/entities.ts'

export interface StatusInfo {
  readonly code: Status
  readonly label: string
  /** No further step exists. */
  readonly final: boolean
  /** Who is said to have done it, where the word tells: shown in Odoo's chatter. */
  readonly actor?: 'buyer' | 'us' | 'shop'
}

/**
 * One setting of a shop, as Odoo draws it. Read from the zod schema's `.meta({ label, help, secret, placeholder })`,
 * so that the form, the check and the documentation are one thing.
 */
export interface SettingField {
  readonly name: string
  readonly label: string
  readonly help: string
  readonly type: 'text' | 'url' | 'integer' | 'boolean' | 'choice' | 'secret'
  readonly required: boolean
  readonly default?: string | number | boolean
  readonly choices?: readonly { readonly value: string; readonly label: string }[]
}

/** A change in a shop, in our words. Only what we need: no buyer's name ever leaves the connector in M1. */
export interface ShopChange {
  readonly ref: string
  /** The number a person knows the order by. */
  readonly number: string
  readonly status: Status
  /** null: this message does not say, and what was known before stays true. */
  readonly fulfilledBy: Fulfiller | null
  /** The shop's reason in words, where it gives one (why was it cancelled). */
  readonly reason: string
  /** Inputs that the platform will require of us at a status, known from the order. null: this message does not say. */
  readonly needs: Readonly<Partial<Record<Status, readonly InputName[]>>> | null
  /** Trusted change time of the shop, ISO; empty where the platform has none. */
  readonly changedAt: string
  /** Same bytes, same digest: what makes a repeated delivery harmless. */
  readonly digest: string
}

export interface PushCommand {
  readonly ref: string
  readonly from: Status | null
  readonly to: Status
  readonly operation: string
  readonly inputs: Readonly<Partial<Record<InputName, string>>>
}

/**
 * `done`: the shop says so. `refused`: the shop said no, and asking again changes nothing (`code` names why).
 * `retry`: nothing happened there for sure. `unknown`: it may or may not have happened.
 */
export type PushResult =
  | { readonly kind: 'done'; readonly answer: string }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly answer: string }
  | { readonly kind: 'retry'; readonly code: RetryCode; readonly answer: string; readonly retryAfterMs?: number }
  | { readonly kind: 'unknown'; readonly code: UnknownCode; readonly answer: string }

export type RefusalCode =
  | 'illegal-transition'
  | 'input-needed'
  | 'unknown-order'
  | 'unauthorized'
  | 'bad-request'
  | 'not-configured'
export type RetryCode = 'rate-limited' | 'shop-unreachable' | 'shop-error'
export type UnknownCode = 'timeout' | 'connection-lost' | 'odd-answer'

export interface RawRequest {
  readonly method: string
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export type WebhookVerdict =
  | { readonly ok: true; readonly changes: readonly ShopChange[]; readonly id: string }
  | { readonly ok: false; readonly status: 400 | 401; readonly problem: string }

export interface PollPage {
  readonly changes: readonly ShopChange[]
  /** Bodies that could not be read: kept and shown, never acknowledged, never in the way of others. */
  readonly unreadable: readonly { readonly ref: string; readonly problem: string }[]
}

/** One shop, opened with its settings and secrets. */
export interface Session {
  push(command: PushCommand, signal: AbortSignal): Promise<PushResult>
  /** One look at the feed, page by page until it is short. */
  poll?(signal: AbortSignal): AsyncIterable<PollPage>
  /** Tell the feed that these are safe with us. Only ever called after the inbox row is durable. */
  acknowledge?(ref: string, signal: AbortSignal): Promise<PushResult>
  /** Read one order, where the platform can. */
  read?(ref: string, signal: AbortSignal): Promise<ShopChange | null>
  /** Check a delivery on its raw bytes. `nowMs` is handed in. */
  verifyWebhook?(request: RawRequest, nowMs: number): WebhookVerdict
  /** A human answer to "does this shop's configuration work?". Must change nothing in the shop. */
  test(signal: AbortSignal): Promise<{ readonly ok: boolean; readonly message: string }>
}

export interface SessionContext {
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
  readonly fetch: typeof fetch
  /** Milliseconds, handed in. */
  readonly now: () => number
}

export type ResolveUnknown = 'read' | 'repeat' | 'wait-for-feed'

/** A platform, before any shop is opened. */
export interface Connector<S extends Status = Status> {
  readonly name: string
  readonly label: string
  readonly version: string
  readonly statuses: readonly (StatusInfo & { readonly code: S })[]
  /** zod object; every field carries `.meta({ label, help, secret? })`. */
  readonly settings: z.ZodObject
  readonly resolveUnknown: ResolveUnknown
  /** Further paths under which the platform delivers, besides `/webhooks/<shop>`. */
  readonly webhookPaths: readonly string[]
  /** Limits the sidecar keeps to by itself. */
  readonly limits: { readonly perSecond: number; readonly concurrent: number }
  /** Seconds between two looks at the feed, or null when the platform pushes. */
  readonly pollSeconds: (settings: Readonly<Record<string, unknown>>) => number | null
  /** Pure: the shop's settings decide about details of the table. */
  readonly mapping: (settings: Readonly<Record<string, unknown>>) => Mapping<S>
  readonly rules: (settings: Readonly<Record<string, unknown>>) => Rules<S>
  readonly open: (context: SessionContext) => Session
}
