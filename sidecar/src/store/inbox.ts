/** What the shops told us. Every query on the working set names its state literally: SQLite uses a partial index for nothing else. */
import { and, asc, desc, eq, getTableColumns, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { InboxEntry, InboxOutcome, InboxRow, InboxState } from '../flows/ports.ts'
import { inbox } from './schema.ts'

const at = sql.placeholder
/** Sorts before every time: such a row is due at once, whatever the clock says or is set to. */
const AT_ONCE = ''
const isWaiting = sql`${inbox.state} = 'waiting'`
const isUnknown = sql`${inbox.state} = 'unknown-order'`
const isOpen = sql`${inbox.state} <> 'closed'`
const sameOrder = and(eq(inbox.shop, at('shop')), eq(inbox.ref, at('ref')))
const { digest: _, ...columns } = getTableColumns(inbox)

export type Inbox = ReturnType<typeof createInbox>

export function createInbox(db: BetterSQLite3Database) {
  const reads = readStatements(db)
  const writes = writeStatements(db)

  function receiveOne({ shop, source, change, receivedAt }: InboxEntry): { id: string; isNew: boolean } {
    const { ref, digest } = change
    const head = reads.head.get({ shop, ref })
    if (head?.digest === digest) return { id: head.id, isNew: false }
    // an older row that waits for a retry comes along: alone and later, it would look like a step back
    if (head?.state === 'waiting' && head.dueAt !== AT_ONCE) writes.hurry.run({ shop, ref })
    const { lastInsertRowid } = writes.insert.run({ shop, ref, source, change, digest, receivedAt })
    return { id: String(lastInsertRowid), isNew: true }
  }

  return {
    receive: (entries: readonly InboxEntry[]) => entries.map(receiveOne),

    waiting: (now: string, limit: number): readonly InboxRow[] => reads.waiting.all({ now, limit }).map(shown),

    ofOrder: (shop: string, ref: string, state: InboxState): readonly InboxRow[] =>
      reads.ofOrder.all({ shop, ref, state }).map(shown),

    newest(shop: string, ref: string): InboxRow | null {
      const row = reads.newest.get({ shop, ref })
      return row ? shown(row) : null
    },

    close(ids: readonly string[], outcome: InboxOutcome, detail: string): void {
      for (const id of ids) writes.close.run({ id, outcome, detail })
    },

    hold(ids: readonly string[], state: 'unknown-order' | 'waiting', dueAt: string, detail: string): void {
      for (const id of ids) writes.hold.run({ id, state, dueAt, detail })
    },

    unknownOrders: (shop: string): readonly InboxRow[] => newestOfEach(reads.unknown.all({ shop }).map(shown)),

    counts: () => ({
      waitingInbox: reads.countWaiting.get()?.count ?? 0,
      unknownOrders: reads.countUnknown.get()?.count ?? 0,
    }),
  }
}

function shown(row: InboxRow): InboxRow {
  return row.dueAt === AT_ONCE ? { ...row, dueAt: row.receivedAt } : row
}

/** The rows come order by order, the newest of each last: an order is one line for a person. */
function newestOfEach(rows: readonly InboxRow[]): readonly InboxRow[] {
  return rows.filter((row, index) => row.ref !== rows[index + 1]?.ref)
}

function readStatements(db: BetterSQLite3Database) {
  return {
    head: db
      .select({ id: inbox.id, digest: inbox.digest, state: inbox.state, dueAt: inbox.dueAt })
      .from(inbox)
      .where(sameOrder)
      .orderBy(desc(inbox.id))
      .limit(1)
      .prepare(),
    waiting: db
      .select(columns)
      .from(inbox)
      .where(and(isWaiting, sql`${inbox.dueAt} <= ${at('now')}`))
      .orderBy(asc(inbox.dueAt), asc(inbox.id))
      .limit(at('limit'))
      .prepare(),
    ofOrder: db
      .select(columns)
      .from(inbox)
      .where(and(sameOrder, eq(inbox.state, at('state'))))
      .orderBy(asc(inbox.id))
      .prepare(),
    newest: db.select(columns).from(inbox).where(sameOrder).orderBy(desc(inbox.id)).limit(1).prepare(),
    unknown: db
      .select(columns)
      .from(inbox)
      .where(and(isUnknown, eq(inbox.shop, at('shop'))))
      .orderBy(asc(inbox.ref), asc(inbox.id))
      .prepare(),
    countWaiting: db.select({ count: sql<number>`count(*)` }).from(inbox).where(isWaiting).prepare(),
    countUnknown: db
      .select({ count: sql<number>`count(*)` })
      .from(sql`(select 1 from ${inbox} where ${isUnknown} group by ${inbox.shop}, ${inbox.ref})`)
      .prepare(),
  }
}

function writeStatements(db: BetterSQLite3Database) {
  return {
    insert: db
      .insert(inbox)
      .values({
        shop: at('shop'),
        ref: at('ref'),
        source: at('source'),
        change: at('change'),
        digest: at('digest'),
        state: 'waiting',
        detail: '',
        attempts: 0,
        receivedAt: at('receivedAt'),
        dueAt: AT_ONCE,
      })
      .prepare(),
    hurry: db.update(inbox).set({ dueAt: AT_ONCE }).where(and(sameOrder, isWaiting)).prepare(),
    close: db
      .update(inbox)
      .set({ state: 'closed', outcome: sql`${at('outcome')}`, detail: sql`${at('detail')}` })
      .where(and(eq(inbox.id, at('id')), isOpen))
      .prepare(),
    hold: db
      .update(inbox)
      .set({
        state: sql`${at('state')}`,
        dueAt: sql`${at('dueAt')}`,
        detail: sql`${at('detail')}`,
        attempts: sql`${inbox.attempts} + 1`,
      })
      .where(and(eq(inbox.id, at('id')), isOpen))
      .prepare(),
  }
}
