/**
 * Telling Odoo: acknowledgements, in batches, one call at a time. Odoo writes the link, the log and the closed rows in
 * one transaction and turns the badge; repeating an acknowledgement changes nothing.
 */
import type { Agreement, Status } from '../core/entities.ts'
import { sentence } from '../core/reasons.ts'
import type { OdooClient } from '../odoo/client.ts'
import type { AckItem, AcknowledgeAnswer, LinkState, LogRow, Outcome } from '../odoo/wire.ts'
import { type Batcher, createBatcher, Stopped } from './batch.ts'
import type { FlowLog } from './flow.ts'
import { isQuestion, type Work, type WorkTable } from './work.ts'

export interface Telling {
  /** Rows this speaks for; they leave the working set now. */
  readonly rows: readonly string[]
  readonly outcome: Outcome | ''
  readonly operation: string
  readonly state: LinkState
  readonly reason: string
  /** Words of the shop or of Odoo; the reason's own sentence otherwise. */
  readonly detail?: string
  readonly nextTry?: string
  readonly agreed?: Agreement | null
  readonly theirs?: Status | null
  readonly sent?: readonly Status[]
  readonly log: readonly LogRow[]
}

export interface Teller {
  /** Resolves when Odoo has it. Rejects with Stopped when the sidecar stops before: the rows then wait in Odoo. */
  acknowledge(work: Work, telling: Telling): Promise<void>
  /** An acknowledgement recorded before a crash, told again as it stands. */
  repeat(item: AckItem): Promise<void>
  /** Progress only: nothing waits for it and nothing depends on it. */
  progress(work: Work, telling: Omit<Telling, 'rows' | 'outcome'>): void
  item(work: Work, telling: Telling): AckItem
  poke(): void
  idle(): Promise<void>
  stop(): void
  readonly waiting: number
}

export interface TellerOptions {
  readonly odoo: () => OdooClient
  readonly table: WorkTable
  readonly log: FlowLog
  readonly onTrouble: (error: Error) => void
  /** Odoo says that a link has rows we have not seen: its wake was lost. */
  readonly onUnseenRows: () => void
}

export function createTeller({ odoo, table, log, onTrouble, onUnseenRows }: TellerOptions): Teller {
  const send = async (items: AckItem[]): Promise<AcknowledgeAnswer['links']> => {
    const answer = await odoo().acknowledge({ items })
    const byLink = new Map(answer.links.map((link) => [link.id, link]))
    return items.map((item) => byLink.get(item.link) ?? { id: item.link, version: item.version, pending: false })
  }
  const batcher: Batcher<AckItem, AcknowledgeAnswer['links'][number]> = createBatcher({ limit: 200, send, onTrouble })

  const add = async (item: AckItem) => {
    const link = await batcher.add(item)
    if (link.pending && BigInt(link.version) > BigInt(item.version)) onUnseenRows()
  }

  return {
    async acknowledge(work, telling) {
      const item = this.item(work, telling)
      const rows = table.takeRows(work, telling.rows)
      try {
        await add(item)
      } catch (error) {
        table.giveBack(work, rows)
        throw error
      }
    },
    repeat: add,
    progress(work, telling) {
      add(this.item(work, { ...telling, rows: [], outcome: '' })).catch((error: unknown) => {
        if (!(error instanceof Stopped)) log.warn({ link: work.link, error }, 'Odoo did not take a progress note')
      })
    },
    item(work, telling) {
      return ackItem(work, telling)
    },
    poke: batcher.poke,
    idle: batcher.idle,
    stop: batcher.stop,
    get waiting() {
      return batcher.size
    },
  }
}

function ackItem(work: Work, telling: Telling): AckItem {
  const { agreed, theirs, sent } = telling
  const { fulfillerNews } = work
  if (telling.outcome) work.questionOpen = isQuestion(telling.state)
  work.fulfillerNews = null
  return {
    link: work.link,
    rows: [...telling.rows],
    outcome: telling.outcome,
    operation: telling.operation,
    state: telling.state,
    reason: telling.reason,
    detail: telling.detail || sentence(telling.reason),
    next_try: telling.nextTry ?? '',
    version: work.record.version,
    ...(agreed && { base: { status: agreed.status, ...agreed.pair } }),
    ...(theirs && { theirs }),
    ...(sent && { sent: [...sent] }),
    ...(fulfillerNews && { fulfilled_by: fulfillerNews }),
    log: [...telling.log],
  }
}
