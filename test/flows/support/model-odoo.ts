/**
 * A model of our addon: the links, the outbox and the methods of PROTOCOL.md, in memory. Real Odoo is tried by the
 * addon's tests and the journeys; this one lets hundreds of stories run in a second, and fails on demand.
 */
import type { Pair } from '../../../sidecar/src/core/entities.ts'
import { type OdooClient, OdooError, type OdooFault } from '../../../sidecar/src/odoo/client.ts'
import type {
  AckItem,
  ApplyItem,
  ApplyResult,
  Envelope,
  LogRow,
  Row,
  ShopConfig,
  ShopReport,
  Snapshot,
} from '../../../sidecar/src/odoo/wire.ts'

interface ModelRow extends Row {
  outcome: string
  claimedBy: string
}

export interface ModelLink {
  id: string
  shop: string
  ref: string
  owner: boolean
  fulfilledBy: 'us' | 'shop'
  base: Snapshot['base']
  theirs: string
  sent: string[]
  operation: string
  state: string
  reason: string
  detail: string
  nextTry: string
  ours: Pair
  inputs: Snapshot['inputs']
  rows: ModelRow[]
  log: LogRow[]
  /** Every pair that an apply moved the order to, oldest first. */
  applied: Pair[]
}

export type Method = keyof OdooClient

export class ModelOdoo implements OdooClient {
  readonly links = new Map<string, ModelLink>()
  readonly calls: Method[] = []
  readonly faults: { method: Method; fault: OdooFault; when: 'before' | 'after' }[] = []
  readonly applyRefusals = new Map<string, { code: string; detail: string }>()
  readonly reports: ShopReport[] = []
  shops: ShopConfig[] = []
  fingerprint = 'f1'
  instance = 'i1'
  #rowId = 0
  #linkId = 0
  #waiters: { test: () => boolean; resolve: () => void }[] = []

  link(wanted: {
    shop: string
    ref: string
    ours?: Pair
    theirs?: string
    fulfilledBy?: 'us' | 'shop'
    owner?: boolean
  }): ModelLink {
    this.#linkId += 1
    const link: ModelLink = {
      id: String(this.#linkId),
      shop: wanted.shop,
      ref: wanted.ref,
      owner: wanted.owner ?? true,
      fulfilledBy: wanted.fulfilledBy ?? 'us',
      base: undefined,
      theirs: wanted.theirs ?? '',
      sent: [],
      operation: '',
      state: 'pending',
      reason: '',
      detail: '',
      nextTry: '',
      ours: wanted.ours ?? { order: 'draft', delivery: 'none' },
      inputs: { buyer_code: '', cancel_reason: '' },
      rows: [],
      log: [],
      applied: [],
    }
    this.links.set(link.id, link)
    this.row(link, 'linked')
    return link
  }

  /** A user's change: the pair moves and the outbox gets its row, in one transaction. */
  change(link: ModelLink, ours: Pair, cause: string, more: Partial<Row> = {}): ModelRow {
    link.ours = ours
    return this.row(link, cause, more)
  }

  row(link: ModelLink, cause: string, more: Partial<Row> = {}): ModelRow {
    this.#rowId += 1
    const row: ModelRow = {
      id: String(this.#rowId),
      cause,
      user: '2',
      origin: '',
      hops: 0,
      skipped: false,
      at: new Date().toISOString(),
      outcome: '',
      claimedBy: '',
      ...more,
    }
    link.rows.push(row)
    return row
  }

  snapshot(link: ModelLink): Snapshot {
    return {
      id: link.id,
      shop: link.shop,
      ref: link.ref,
      order: link.id,
      order_name: `S${link.id}`,
      company: '1',
      owner: link.owner,
      fulfilled_by: link.fulfilledBy,
      version: link.rows.at(-1)?.id ?? '0',
      ...(link.base && { base: { ...link.base } }),
      theirs: link.theirs,
      sent: [...link.sent],
      operation: link.operation,
      state: link.state,
      ours: { ...link.ours },
      inputs: { ...link.inputs },
      answer: '',
      rows: open(link).map(({ outcome: _outcome, claimedBy: _claimedBy, ...row }) => ({ ...row })),
    }
  }

  /** Resolves when the condition holds; looked at after every call. */
  until(test: () => boolean, what: string, withinMs = 3000): Promise<void> {
    if (test()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const waiter = { test, resolve: () => end(resolve) }
      const end = (how: () => void) => {
        clearTimeout(timer)
        clearInterval(poll)
        this.#waiters = this.#waiters.filter((other) => other !== waiter)
        how()
      }
      const timer = setTimeout(() => end(() => reject(new Error(`never happened: ${what}`))), withinMs)
      const poll = setInterval(() => this.#look(), 5)
      this.#waiters.push(waiter)
    })
  }

  async claim(request: { limit: number; holder: string }) {
    return this.#call('claim', () => {
      const waiting = [...this.links.values()].filter((link) =>
        open(link).some((row) => row.claimedBy !== request.holder),
      )
      const links = waiting.slice(0, request.limit).map((link) => {
        for (const row of open(link)) row.claimedBy = request.holder
        return this.snapshot(link)
      })
      return { ...this.#envelope(), links, more: waiting.length > links.length }
    })
  }

  async acknowledge({ items }: { items: AckItem[] }) {
    return this.#call('acknowledge', () => {
      for (const item of items) this.#acknowledge(item)
      const links = items.map(({ link }) => {
        const found = this.#link(link)
        return { id: link, version: found.rows.at(-1)?.id ?? '0', pending: open(found).length > 0 }
      })
      return { ...this.#envelope(), links }
    })
  }

  async read({ refs, links }: { refs: { shop: string; ref: string }[]; links: string[] }) {
    return this.#call('read', () => {
      const all = [...this.links.values()]
      const found = all.filter(
        (link) => links.includes(link.id) || refs.some((ref) => ref.shop === link.shop && ref.ref === link.ref),
      )
      const unknown = refs.filter((ref) => !found.some((link) => ref.shop === link.shop && ref.ref === link.ref))
      return { ...this.#envelope(), links: found.map((link) => this.snapshot(link)), unknown }
    })
  }

  async apply({ items }: { items: ApplyItem[] }) {
    return this.#call('apply', () => ({ ...this.#envelope(), results: items.map((item) => this.#apply(item)) }))
  }

  async announce(): Promise<Envelope> {
    return this.#call('announce', () => this.#envelope())
  }

  async config() {
    return this.#call('config', () => ({ ...this.#envelope(), stamp: '1', shops: this.shops }))
  }

  async report({ shops }: { shops: ShopReport[] }): Promise<Envelope> {
    return this.#call('report', () => {
      this.reports.push(...shops)
      return this.#envelope()
    })
  }

  #acknowledge(item: AckItem) {
    const link = this.#link(item.link)
    link.log.push(...item.log)
    if (item.outcome) {
      const last = item.rows.at(-1)
      for (const row of link.rows) {
        if (row.outcome || !item.rows.includes(row.id)) continue
        row.outcome = row.id === last ? item.outcome : 'folded'
      }
    }
    if (item.operation < link.operation) return
    link.operation = item.operation
    link.state = item.state
    link.reason = item.reason
    link.detail = item.detail
    link.nextTry = item.next_try
    if (item.base) link.base = item.base
    if (item.theirs) link.theirs = item.theirs
    if (item.sent) link.sent = item.sent
    if (item.fulfilled_by) link.fulfilledBy = item.fulfilled_by
  }

  #apply(item: ApplyItem): ApplyResult {
    const link = this.#link(item.link)
    const answer = (outcome: ApplyResult['outcome'], code = '', detail = ''): ApplyResult => ({
      operation: item.operation,
      link: item.link,
      outcome,
      code,
      detail,
      snapshot: this.snapshot(link),
    })
    if (link.log.some((row) => row.operation === item.operation)) return answer('applied')
    if (link.rows.some((row) => BigInt(row.id) > BigInt(item.version) && row.origin !== item.operation))
      return answer('stale')
    const refusal = this.applyRefusals.get(link.id)
    if (refusal) return answer('conflict', refusal.code, refusal.detail)
    link.ours = { ...item.target }
    link.applied.push(link.ours)
    this.row(link, 'delivery_state', { origin: item.operation, user: '9' })
    link.base = { status: item.status, ...item.target }
    link.theirs = item.status
    link.sent = []
    link.state = 'synced'
    link.operation = item.operation
    link.log.push(item.log)
    return answer('applied')
  }

  #link(id: string): ModelLink {
    const link = this.links.get(id)
    if (!link) throw new OdooError('refused', 'MISSING', `No link ${id}.`)
    return link
  }

  #envelope(): Envelope {
    return {
      protocol: 1,
      uuid: 'u1',
      fingerprint: this.fingerprint,
      instance: this.instance,
      now: new Date().toISOString(),
    }
  }

  async #call<T>(method: Method, work: () => T): Promise<T> {
    await new Promise((resolve) => setImmediate(resolve))
    const index = this.faults.findIndex((fault) => fault.method === method)
    const fault = index < 0 ? undefined : this.faults.splice(index, 1)[0]
    if (fault?.when === 'before') throw new OdooError(fault.fault, 'TEST', 'a fault of the test')
    const result = work()
    this.calls.push(method)
    this.#look()
    if (fault?.when === 'after') throw new OdooError(fault.fault, 'TEST', 'a fault of the test')
    return structuredClone(result)
  }

  #look() {
    for (const waiter of [...this.#waiters]) if (waiter.test()) waiter.resolve()
  }
}

const open = (link: ModelLink) => link.rows.filter((row) => row.outcome === '')
