/**
 * What the flows need from the store. Implemented by `store/` on SQLite; the in-memory worlds of the tests use the same
 * implementation on `:memory:`. Every method that returns a promise resolves after the commit is durable; commits of
 * calls made in the same turn are grouped into one.
 */

import type { Connector, Session, ShopChange } from '../connectors/contract.ts'
import type { Agreement, Fulfiller, InputName, Pair, Status } from '../core/entities.ts'
import type { AckItem, ApplyItem, WakeBody } from '../odoo/wire.ts'

/** The cache of a link: rebuilt from Odoo at any time. */
export interface LinkRecord {
  readonly id: string
  readonly shop: string
  readonly ref: string
  readonly owner: boolean
  readonly fulfilledBy: Fulfiller
  readonly version: string
  readonly base: Agreement | null
  readonly ours: Pair
  readonly theirs: Status | null
  readonly sent: readonly Status[]
  /** What the platform told us that it will ask for. Lost with the store: the shop's refusal then tells. */
  readonly needs: Readonly<Partial<Record<Status, readonly InputName[]>>>
  readonly updatedAt: string
}

export type InboxState = 'waiting' | 'unknown-order' | 'closed'
export type InboxOutcome = 'applied' | 'nothing' | 'conflict' | 'refused' | 'failed' | 'folded'

export interface InboxRow {
  readonly id: string
  readonly shop: string
  readonly ref: string
  readonly source: 'webhook' | 'poll' | 'answer'
  readonly change: ShopChange
  readonly state: InboxState
  readonly outcome: InboxOutcome | null
  readonly detail: string
  readonly attempts: number
  readonly receivedAt: string
  /** Not before this time. */
  readonly dueAt: string
}

/**
 * `recorded`: durable, nothing was sent. `sending`: the request may have left. `done`: the shop has it (or Odoo has it);
 * Odoo is not yet told. `closed`: Odoo acknowledged.
 */
export type OperationState = 'recorded' | 'sending' | 'unknown' | 'done' | 'closed'

export interface OperationRecord {
  /** Sorts by time. */
  readonly id: string
  readonly direction: 'out' | 'in'
  readonly link: string
  readonly shop: string
  readonly ref: string
  readonly state: OperationState
  /** Outbound: legal steps still to walk are `path.slice(step)`. */
  readonly path: readonly Status[]
  readonly step: number
  readonly rows: readonly string[]
  readonly version: string
  readonly base: Agreement | null
  readonly ours: Pair
  readonly theirs: Status | null
  readonly agreed: Agreement | null
  readonly inputs: Readonly<Partial<Record<InputName, string>>>
  readonly trigger: string
  readonly user: string
  readonly hops: number
  readonly inbox: string | null
  readonly attempts: number
  readonly dueAt: string
  readonly reason: string
  readonly recordedAt: string
  /** Set with `done`: exactly what Odoo has to be told. */
  readonly ack: AckItem | null
  readonly apply: ApplyItem | null
}

export interface AttemptRecord {
  readonly operation: string
  readonly at: string
  readonly number: number
  readonly to: string
  readonly outcome: string
  readonly code: string
  readonly answer: string
  readonly durationMs: number
}

export interface InboxEntry {
  readonly shop: string
  readonly source: InboxRow['source']
  readonly change: ShopChange
  readonly receivedAt: string
}

export interface Store {
  // inbox -----------------------------------------------------------------------------------------------------------
  /** Durable and deduplicated on (shop, ref, digest) against the newest row of that order. Returns the ids in order. */
  receive(entries: readonly InboxEntry[]): Promise<readonly { id: string; isNew: boolean }[]>
  waitingInbox(now: string, limit: number): readonly InboxRow[]
  inboxOf(shop: string, ref: string, state: InboxState): readonly InboxRow[]
  /** The newest row of that order whatever its state: the poll compares its digest. */
  newestInbox(shop: string, ref: string): InboxRow | null
  closeInbox(ids: readonly string[], outcome: InboxOutcome, detail: string): Promise<void>
  holdInbox(ids: readonly string[], state: 'unknown-order' | 'waiting', dueAt: string, detail: string): Promise<void>
  unknownOrders(shop: string): readonly InboxRow[]

  // operations ------------------------------------------------------------------------------------------------------
  record(operation: OperationRecord): Promise<void>
  update(id: string, patch: Partial<OperationRecord>): Promise<void>
  /** Not closed, oldest first. */
  openOperations(): readonly OperationRecord[]
  openOperation(link: string): OperationRecord | null
  closeOperations(ids: readonly string[]): Promise<void>
  attempt(attempt: AttemptRecord): Promise<void>
  attemptsOf(operation: string): readonly AttemptRecord[]

  // links -----------------------------------------------------------------------------------------------------------
  link(id: string): LinkRecord | null
  linkByRef(shop: string, ref: string): LinkRecord | null
  putLinks(links: readonly LinkRecord[]): Promise<void>

  // settings, secrets -----------------------------------------------------------------------------------------------
  setting(name: string): string | null
  putSetting(name: string, value: string | null): Promise<void>
  secrets(shop: string): Readonly<Record<string, string>>
  putSecrets(
    shop: string,
    secrets: Readonly<Record<string, string>>,
    now: string,
  ): Promise<Readonly<Record<string, string>>>

  /** Counts for health and the console, kept by index, never by scanning. */
  counts(): { waitingInbox: number; unknownOrders: number; openOperations: number }
  close(): void
}

/** One part of the health answer; `message` says why not, in a sentence for a person. */
export interface Part {
  readonly name: string
  readonly ok: boolean
  readonly message: string
}

/** What the HTTP edge may ask of the flows. Implemented by `flows/engine.ts`. */
export interface Engine {
  /** A verified wake. Never waits. */
  wake(body: WakeBody): void
  /** The admin changed shops or settings in Odoo. */
  configChanged(): void
  /** Pairing or key changed: talk to Odoo anew. */
  pairingChanged(): void
  /** New inbox rows are durable. Never waits. */
  inboxChanged(): void
  /** The open session of a shop, or null when it does not exist, is archived or its settings are wrong. */
  shop(id: string): OpenShop | null
  shopsOf(connector: string): readonly OpenShop[]
  /** A person pressed "Test connection". */
  test(shop: string | null): Promise<readonly Part[]>
  health(): readonly Part[]
}

export interface OpenShop {
  readonly id: string
  readonly name: string
  readonly receive: boolean
  readonly connector: Connector
  readonly session: Session
}
