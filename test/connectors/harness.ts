/** What the contract suite needs from a connector's stand-in. One entry per line of the register. */

import type { PushResult, RawRequest, SessionContext } from '../../sidecar/src/connectors/contract.ts'
import type { InputName } from '../../sidecar/src/core/entities.ts'
import { newKey } from '../../sidecar/src/lib/hmac.ts'
import { cartonaHarness } from './harness-cartona.ts'
import { memoryHarness } from './harness-memory.ts'

/** A shop that was set up for one test. */
export interface Stage {
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
  readonly fetch: typeof fetch
  /** The settings under which the feed has pages of this size. */
  pagesOf(size: number): Readonly<Record<string, unknown>>
  createOrder(ref: string, wanted?: { needsCode?: boolean }): Promise<void>
  statusOf(ref: string): Promise<string>
  /** How many status changes the shop has seen: what a repeated write must not raise. */
  changesOf(ref: string): Promise<number>
  /** The buyer cancels. Answers the status that this leads to. */
  buyerCancels(ref: string): Promise<string>
  readonly inputs: () => Promise<Readonly<Partial<Record<InputName, string>>>>
  /** The next status write meets this fault. */
  arm(fault: string): Promise<void>
  /** The next look at the feed, or test, meets it. */
  armRead(fault: string): Promise<void>
  /** A delivery about this order, not yet signed. */
  delivery(ref: string): Promise<RawRequest>
  stop(): Promise<void>
}

export interface FaultCase {
  readonly fault: string
  readonly kind: PushResult['kind']
  readonly code: string
  /** Whether the shop did the work all the same. */
  readonly applied: boolean
}

export interface Harness {
  /** How the connector's settings call the key that signs deliveries. */
  readonly webhookSecretName: string
  /** Statuses that do not come back as themselves over Odoo's pair, each with the reason. */
  readonly lossy: Readonly<Record<string, string>>
  readonly faults: readonly FaultCase[]
  /** Faults of a look at the feed and of "Test connection". */
  readonly readFaults: readonly string[]
  start(): Promise<Stage>
}

export const harnesses: Readonly<Record<string, Harness>> = { memory: memoryHarness, cartona: cartonaHarness }

export const WEBHOOK_KEY = newKey()
export const SECRET_WORD = 'a-token-that-nobody-may-see'
export const NOW = Date.parse('2026-11-21T12:00:00Z')

export function contextOf(stage: Stage, settings: Readonly<Record<string, unknown>> = {}): SessionContext {
  return {
    settings: { ...stage.settings, ...settings },
    secrets: stage.secrets,
    fetch: stage.fetch,
    now: Date.now,
  }
}

export const never = new AbortController().signal
