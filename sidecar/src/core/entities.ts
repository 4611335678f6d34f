/**
 * The things we speak of, and nothing else: no I/O, no clock. The words are those of the README.
 *
 * A marketplace knows one *status* per order. Odoo knows a *pair*: what the order says and what its deliveries say.
 */

export const ORDER_SIDES = ['draft', 'sent', 'sale', 'locked', 'cancel'] as const
export type OrderSide = (typeof ORDER_SIDES)[number]

export const DELIVERY_SIDES = [
  'none',
  'waiting',
  'ready',
  'partial',
  'done',
  'cancel',
  'returning',
  'partly_returned',
  'returned',
] as const
export type DeliverySide = (typeof DELIVERY_SIDES)[number]

/** Odoo's two words for one order. */
export interface Pair {
  readonly order: OrderSide
  readonly delivery: DeliverySide
}

/** The shop's single word. Which words exist is the connector's business. */
export type Status = string

/** What both sides last agreed on. */
export interface Agreement {
  readonly status: Status
  readonly pair: Pair
}

/** `keep`: this word says nothing about the other side. `conflict`: a person has to look. */
export type InboundCell = Pair | 'keep' | 'conflict'
export type OutboundCell<S extends Status = Status> = S | 'keep' | 'conflict'

/** The shop's table, complete both ways: a missing cell does not compile. */
export interface Mapping<S extends Status = Status> {
  readonly version: string
  readonly inbound: Readonly<Record<S, InboundCell>>
  readonly outbound: Readonly<Record<OrderSide, Readonly<Record<DeliverySide, OutboundCell<S>>>>>
}

/** Who is able to make a step in the shop. */
export type Mover = 'us' | 'shop' | 'either'

export interface LegalStep<S extends Status = Status> {
  readonly to: S
  readonly by: Mover
}

export type Fulfiller = 'us' | 'shop'

/** Something a person must supply before the shop takes a status. */
export type InputName = 'buyer_code' | 'cancel_reason'

/** Everything `decide` knows about a platform and this shop's settings: data only. */
export interface Rules<S extends Status = Status> {
  readonly mapping: Mapping<S>
  readonly steps: Readonly<Record<S, readonly LegalStep<S>[]>>
  /** Statuses during which the supplier must not act, because the buyer is editing. */
  readonly buyerEditing: readonly S[]
  /** What we may still send when the shop itself fulfils the order. */
  readonly settableWhenShopFulfils: readonly S[]
  /** Statuses that this shop is not able to take from us, though the platform has the word. */
  readonly notSettable: readonly S[]
  /** Whose doing a status is, for those that tell. "Cancelled" by either side is the same end for Odoo. */
  readonly sameEnd: readonly (readonly S[])[]
}

export interface Facts {
  /** null: never agreed yet. */
  readonly base: Agreement | null
  readonly ours: Pair
  /** null: the shop was never heard. */
  readonly theirs: Status | null
  /** All statuses that we wrote since base, oldest first. */
  readonly sent: readonly Status[]
  readonly fulfilledBy: Fulfiller
  /** An order has one owning link; the others receive, and never move Odoo. */
  readonly owner: boolean
  /** A person's answer to an open conflict. */
  readonly answer: 'ours' | 'theirs' | null
  /** Inputs that the shop will ask for at a given status, and that nobody has supplied yet. */
  readonly missing: Readonly<Partial<Record<Status, readonly InputName[]>>>
  /** True when nothing but rows made under `skip_marketplace_sync` stands behind this look. */
  readonly skipped: boolean
}

export type NothingReason =
  | 'agreed'
  | 'unchanged'
  | 'kept'
  | 'own-echo'
  | 'late-event'
  | 'fulfilled-by-shop'
  | 'not-owner'
  | 'skipped-by-caller'

export type ConflictKind =
  | 'both-changed'
  | 'stale-version'
  | 'business-rule'
  | 'unmapped-pair'
  | 'unmapped-status'
  | 'illegal-transition'
  | 'data-mismatch'
  | 'input-needed'
  | 'buyer-editing'

export type RefuseReason = 'status-not-settable' | 'unknown-status'

export type Decision =
  | { readonly action: 'nothing'; readonly reason: NothingReason; readonly agreed: Agreement | null }
  | { readonly action: 'push'; readonly path: readonly Status[]; readonly agreed: Agreement }
  | { readonly action: 'apply'; readonly status: Status; readonly target: Pair }
  | {
      readonly action: 'conflict'
      readonly kind: ConflictKind
      readonly status: Status | null
      readonly inputs: readonly InputName[]
    }
  | { readonly action: 'refuse'; readonly reason: RefuseReason; readonly status: Status }
