/** What the flows share. Built once by `engine.ts`; each flow is a few functions that take it. */
import type { Connector, Session } from '../connectors/contract.ts'
import type { Rules } from '../core/entities.ts'
import type { ApplyItem, ApplyResult, ShopConfig } from '../odoo/wire.ts'
import type { Batcher } from './batch.ts'
import type { Pace } from './limits.ts'
import type { OpenShop, Store } from './ports.ts'
import type { Runner } from './runner.ts'
import type { Teller } from './tell.ts'
import type { WorkTable } from './work.ts'

export interface FlowLog {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface FlowClock {
  now(): number
  iso(): string
}

export interface LiveShop extends OpenShop {
  readonly config: ShopConfig
  readonly connector: Connector
  readonly session: Session
  readonly rules: Rules
  /** null: the platform pushes. */
  readonly pollSeconds: number | null
  readonly pace: Pace
  readonly breaker: ShopBreaker
}

/** Keeps calls from a shop that is down; one call at a time tries whether it is back. */
export interface ShopBreaker {
  /** 0 when one call may go out now, else the time from which on to ask again. */
  admit(nowMs: number): number
  succeeded(): void
  failed(nowMs: number): void
}

export interface Flow {
  readonly store: Store
  readonly table: WorkTable
  readonly clock: FlowClock
  readonly random: () => number
  readonly newId: () => string
  readonly log: FlowLog
  readonly runner: Runner
  readonly tell: Teller
  readonly applier: Batcher<ApplyItem, ApplyResult>
  shop(id: string): LiveShop | null
  /** Look at the shop's feed now; resolves when that look has ended, with whether it went through. */
  lookAt(shop: LiveShop, ref: string): Promise<boolean>
  inboxChanged(): void
  readonly stopping: AbortSignal
}
