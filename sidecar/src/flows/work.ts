/**
 * What waits per link, in memory: rows of Odoo's outbox, rows of our inbox, and the last picture of both sides.
 * Nothing here has to survive: Odoo's outbox and our inbox are the queues, this is the working set.
 */
import type { Fulfiller, InputName, Pair } from '../core/entities.ts'
import type { Row, Snapshot } from '../odoo/wire.ts'
import type { InboxRow, LinkRecord, OperationRecord, Store } from './ports.ts'

export interface Work {
  readonly link: string
  record: LinkRecord
  /** Open rows of the outbox that no acknowledgement is under way for. */
  readonly rows: Map<string, Row>
  readonly inbox: Map<string, InboxRow>
  inputs: Readonly<Partial<Record<InputName, string>>>
  /** Odoo shows a conflict or a failure: what both sides agreed on stands still until it is settled. */
  questionOpen: boolean
  /** The shop said who delivers, and Odoo's link says otherwise: told with the next acknowledgement. */
  fulfillerNews: Fulfiller | null
  /** The newest operation that Odoo is, or is about to be, told of. */
  lastOperation: string
  /** Sent, and nobody knows what became of it: settled before anything else. */
  open: OperationRecord | null
  attempts: number
  dueAt: number
  /** A path that the shop refused: refused a second time after its feed was read, it is a conflict. */
  refused: { readonly path: string; readonly feedSeen: boolean } | null
}

/** Closed rows are remembered for a while: a wake that was on its way when they closed must not bring them back. */
const REMEMBERED_ROWS = 20_000
const REMEMBERED_LINKS = 5_000

/** A person asked for it: not the time to sit out a delay. */
const IMPATIENT_CAUSES = new Set(['resync', 'input', 'answer_ours', 'answer_theirs'])

export class WorkTable {
  readonly #works = new Map<string, Work>()
  readonly #closed = new Set<string>()
  readonly #store: Store
  readonly #iso: () => string

  constructor(store: Store, iso: () => string) {
    this.#store = store
    this.#iso = iso
  }

  get(link: string): Work | null {
    const known = this.#works.get(link)
    if (known) return known
    const record = this.#store.link(link)
    return record ? this.#add(record) : null
  }

  all(): IterableIterator<Work> {
    return this.#works.values()
  }

  /** Takes in what Odoo says of a link. Answers the work when it has something to do. */
  takeIn(snapshot: Snapshot): Work {
    const work = this.get(snapshot.id)
    if (!work) return this.#addSnapshot(snapshot)
    for (const row of snapshot.rows) this.#takeRow(work, row)
    if (BigInt(snapshot.version) < BigInt(work.record.version)) return work
    this.#refresh(work, snapshot)
    return work
  }

  /** Rows leave the working set when their acknowledgement is on its way; a failed one brings them back. */
  takeRows(work: Work, ids: Iterable<string>): Row[] {
    const taken: Row[] = []
    for (const id of ids) {
      const row = work.rows.get(id)
      if (!row) continue
      work.rows.delete(id)
      this.#remember(id)
      taken.push(row)
    }
    return taken
  }

  giveBack(work: Work, rows: readonly Row[]): void {
    for (const row of rows) {
      this.#closed.delete(row.id)
      work.rows.set(row.id, row)
    }
  }

  async save(work: Work, patch: Partial<LinkRecord>): Promise<void> {
    work.record = { ...work.record, ...patch, updatedAt: this.#iso() }
    await this.#store.putLinks([work.record])
  }

  /** Links at rest stay while there is room: they remember which of Odoo's pictures are outdated. */
  tidy(): void {
    for (const work of this.#works.values()) {
      if (this.#works.size <= REMEMBERED_LINKS) return
      const atRest = work.rows.size === 0 && work.inbox.size === 0 && work.open === null && work.refused === null
      if (atRest) this.#works.delete(work.link)
    }
  }

  #takeRow(work: Work, row: Row) {
    if (this.#closed.has(row.id) || work.rows.has(row.id)) return
    work.rows.set(row.id, row)
    if (!IMPATIENT_CAUSES.has(row.cause)) return
    work.dueAt = 0
    work.attempts = 0
  }

  #addSnapshot(snapshot: Snapshot): Work {
    const work = this.#add(recordOf(snapshot, {}, this.#iso()))
    work.inputs = inputsOf(snapshot)
    work.lastOperation = snapshot.operation
    work.questionOpen = isQuestion(snapshot.state)
    for (const row of snapshot.rows) this.#takeRow(work, row)
    this.#cache(work.record)
    return work
  }

  /**
   * Ours, version, inputs and answer are always Odoo's to tell. What both sides agreed on is Odoo's to tell too, unless
   * the picture was taken before Odoo heard of our last operation.
   */
  #refresh(work: Work, snapshot: Snapshot) {
    const fresh = recordOf(snapshot, work.record.needs, this.#iso())
    const outdated = snapshot.operation < work.lastOperation || work.open !== null
    const { base, theirs, sent } = outdated ? work.record : fresh
    const fulfilledBy = work.fulfillerNews ?? (outdated ? work.record.fulfilledBy : fresh.fulfilledBy)
    work.record = { ...fresh, base, theirs, sent, fulfilledBy }
    work.inputs = inputsOf(snapshot)
    if (!outdated) work.lastOperation = snapshot.operation
    if (!outdated) work.questionOpen = isQuestion(snapshot.state)
    // behind what this picture leads to: a person waits for that, and nobody for the cache
    setImmediate(() => this.#cache(work.record))
  }

  #add(record: LinkRecord): Work {
    const work: Work = {
      link: record.id,
      record,
      rows: new Map(),
      inbox: new Map(),
      inputs: {},
      fulfillerNews: null,
      questionOpen: false,
      lastOperation: '',
      open: this.#store.openOperation(record.id),
      attempts: 0,
      dueAt: 0,
      refused: null,
    }
    this.#works.set(record.id, work)
    return work
  }

  /** Not waited for: Odoo holds the truth, and a cache that could not be written is read from there again. */
  #cache(record: LinkRecord) {
    this.#store.putLinks([record]).catch(() => undefined)
  }

  #remember(row: string) {
    this.#closed.add(row)
    if (this.#closed.size <= REMEMBERED_ROWS) return
    for (const oldest of this.#closed) {
      this.#closed.delete(oldest)
      return
    }
  }
}

export const isQuestion = (state: string): boolean => state === 'conflict' || state === 'failed'

function inputsOf(snapshot: Snapshot): Partial<Record<InputName, string>> {
  const { buyer_code, cancel_reason } = snapshot.inputs
  return { ...(buyer_code && { buyer_code }), ...(cancel_reason && { cancel_reason }) }
}

export function recordOf(snapshot: Snapshot, needs: LinkRecord['needs'], updatedAt: string): LinkRecord {
  const { base, theirs } = snapshot
  return {
    id: snapshot.id,
    shop: snapshot.shop,
    ref: snapshot.ref,
    owner: snapshot.owner,
    fulfilledBy: snapshot.fulfilled_by,
    version: snapshot.version,
    base: base ? { status: base.status, pair: { order: base.order, delivery: base.delivery } } : null,
    ours: snapshot.ours,
    theirs: theirs || null,
    sent: snapshot.sent,
    needs,
    updatedAt,
  }
}

export const pairText = (pair: Pair): string => `${pair.order}/${pair.delivery}`
