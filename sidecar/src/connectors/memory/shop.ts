/**
 * A marketplace that lives in this process: what `memory` connects to, and what tests play with. It behaves as the
 * platforms do: it enforces its legal steps, hides what was acknowledged until it changes, and shows us our own writes.
 */
import type { Fulfiller } from '../../core/entities.ts'
import { isMemoryStatus, type MemoryStatus, STEPS } from './states.ts'

export interface MemoryOrder {
  readonly ref: string
  readonly number: string
  readonly fulfilledBy: Fulfiller
  /** The buyer's code that this order needs to be received; empty when it needs none. */
  readonly code: string
  status: MemoryStatus
  reason: string
  changedAt: string
  acknowledged: boolean
  readonly history: HistoryEntry[]
}

export interface HistoryEntry {
  readonly at: string
  readonly actor: 'buyer' | 'us' | 'shop'
  readonly from: MemoryStatus | null
  readonly to: MemoryStatus
}

export interface NewOrder {
  readonly ref: string
  readonly number?: string
  readonly status?: MemoryStatus
  readonly fulfilledBy?: Fulfiller
  readonly code?: string
}

/** What the next write meets. `-after`: it was applied all the same. */
export type Fault =
  | 'timeout-before'
  | 'timeout-after'
  | 'connection-lost-after'
  | 'odd-answer-after'
  | 'refuse'
  | 'rate-limit'
  | 'unreachable'
  | 'server-error'

export type Call = 'push' | 'poll' | 'acknowledge' | 'read' | 'test'

export interface MemoryShop {
  readonly name: string
  createOrder(order: NewOrder): MemoryOrder
  /** The buyer or the shop moves an order by one legal step. */
  setStatus(ref: string, status: MemoryStatus, by?: { actor?: 'buyer' | 'shop'; reason?: string }): MemoryOrder
  order(ref: string): MemoryOrder
  find(ref: string): MemoryOrder | null
  orders(): readonly MemoryOrder[]
  /** Our own write. Answers null when it holds, or why not. */
  write(ref: string, status: string, code: string): 'unknown-order' | 'illegal-transition' | 'input-needed' | null
  /** One fault per call, oldest first; reading calls and writing calls have a row of their own. */
  readonly faults: Fault[]
  readonly readFaults: Fault[]
  /** Every call that arrived, in order: the ledger of a test. */
  readonly calls: { readonly call: Call; readonly ref: string; readonly to: string }[]
  /** Waited for before every call: lets a test hold a request in the air. */
  before: (call: Call, ref: string) => Promise<void>
  /** Whether our own writes appear in the feed again, as they do on most platforms. */
  echo: boolean
  now: () => number
}

const shops = new Map<string, MemoryShop>()

export function memoryShop(name: string): MemoryShop {
  const known = shops.get(name)
  if (known) return known
  const made = createShop(name)
  shops.set(name, made)
  return made
}

/** Forgets one shop, or all of them. */
export function resetMemoryShops(name?: string): void {
  if (name === undefined) shops.clear()
  else shops.delete(name)
}

function createShop(name: string): MemoryShop {
  const orders = new Map<string, MemoryOrder>()

  const order = (ref: string): MemoryOrder => {
    const found = orders.get(ref)
    if (!found) throw new Error(`The memory shop ${name} has no order ${ref}.`)
    return found
  }

  const move = (subject: MemoryOrder, to: MemoryStatus, actor: HistoryEntry['actor'], reason: string): void => {
    const at = new Date(shop.now()).toISOString()
    subject.history.push({ at, actor, from: subject.status, to })
    subject.status = to
    subject.reason = reason
    subject.changedAt = at
    if (actor !== 'us' || shop.echo) subject.acknowledged = false
  }

  const shop: MemoryShop = {
    name,
    faults: [],
    readFaults: [],
    calls: [],
    before: async () => {},
    echo: true,
    now: Date.now,
    order,
    find: (ref) => orders.get(ref) ?? null,
    orders: () => [...orders.values()],

    createOrder(wanted) {
      if (orders.has(wanted.ref)) throw new Error(`The memory shop ${name} has an order ${wanted.ref} already.`)
      const made = newOrder(wanted, new Date(shop.now()).toISOString())
      orders.set(made.ref, made)
      return made
    },

    setStatus(ref, status, by = {}) {
      const subject = order(ref)
      if (!allowed(subject.status, status, 'us')) {
        throw new Error(`In the memory shop ${name} nobody but us makes the step ${subject.status} -> ${status}.`)
      }
      move(subject, status, by.actor ?? 'buyer', by.reason ?? '')
      return subject
    },

    write(ref, status, code) {
      const subject = orders.get(ref)
      if (!subject) return 'unknown-order'
      // a repeated write is agreement: no second line in the history
      if (subject.status === status) return null
      if (!isMemoryStatus(status) || !allowed(subject.status, status, 'shop')) return 'illegal-transition'
      if (status === 'received' && subject.code !== '' && subject.code !== code) return 'input-needed'
      move(subject, status, 'us', '')
      return null
    },
  }
  return shop
}

function newOrder(wanted: NewOrder, at: string): MemoryOrder {
  const status = wanted.status ?? 'new'
  return {
    ref: wanted.ref,
    number: wanted.number ?? wanted.ref,
    fulfilledBy: wanted.fulfilledBy ?? 'us',
    code: wanted.code ?? '',
    status,
    reason: '',
    changedAt: at,
    acknowledged: false,
    history: [{ at, actor: 'buyer', from: null, to: status }],
  }
}

const allowed = (from: MemoryStatus, to: MemoryStatus, notBy: 'us' | 'shop') =>
  STEPS[from].some((step) => step.to === to && step.by !== notBy)
