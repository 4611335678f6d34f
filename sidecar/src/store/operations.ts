/** Intended effects. Recorded before they are carried out, so that a crash leaves a trace of what may have been sent. */
import { and, asc, desc, eq, getTableColumns, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { OperationRecord } from '../flows/ports.ts'
import { StoreError } from './errors.ts'
import { operations } from './schema.ts'

const at = sql.placeholder
const isOpen = sql`${operations.state} <> 'closed'`

const columns = getTableColumns(operations)
type ColumnName = keyof typeof columns
const columnNames = Object.keys(columns).filter((name): name is ColumnName => name in columns)

export type Operations = ReturnType<typeof createOperations>

export function createOperations(db: BetterSQLite3Database) {
  const open = db.select().from(operations).where(isOpen).orderBy(asc(operations.id)).prepare()
  const openOfLink = db
    .select()
    .from(operations)
    .where(and(isOpen, eq(operations.link, at('link'))))
    .orderBy(asc(operations.id))
    .limit(1)
    .prepare()
  const one = db
    .select()
    .from(operations)
    .where(eq(operations.id, at('id')))
    .prepare()
  const newest = db.select({ id: operations.id }).from(operations).orderBy(desc(operations.id)).limit(1).prepare()
  const countOpen = db.select({ count: sql<number>`count(*)` }).from(operations).where(isOpen).prepare()
  const insert = db.insert(operations).values(placeholders()).prepare()
  const close = db
    .update(operations)
    .set({ state: 'closed' })
    .where(and(eq(operations.id, at('id')), isOpen))
    .prepare()

  const updates = new Map<string, ReturnType<typeof prepareUpdate>>()

  /** A handful of patches is ever used; each is prepared once. */
  function updateOf(names: readonly ColumnName[]) {
    const known = updates.get(names.join())
    if (known) return known
    const prepared = prepareUpdate(db, names)
    updates.set(names.join(), prepared)
    return prepared
  }

  return {
    record: (operation: OperationRecord): void => {
      insert.run({ ...operation })
    },

    update(id: string, patch: Partial<OperationRecord>): void {
      const names = columnNames.filter((name) => patch[name] !== undefined && name !== 'id')
      if (names.length === 0) return
      const { changes } = updateOf(names).run({ ...patch, id })
      if (changes === 0) throw new StoreError('missing', `The operation ${id} does not exist in the store.`)
    },

    open: (): readonly OperationRecord[] => open.all(),

    openOf: (link: string): OperationRecord | null => openOfLink.get({ link }) ?? null,

    one: (id: string): OperationRecord | null => one.get({ id }) ?? null,

    close(ids: readonly string[]): void {
      for (const id of ids) close.run({ id })
    },

    /** The newest id ever given: ids of the next process start above it. */
    newestId: (): string | null => newest.get()?.id ?? null,

    counts: () => ({ openOperations: countOpen.get()?.count ?? 0 }),
  }
}

function prepareUpdate(db: BetterSQLite3Database, names: readonly ColumnName[]) {
  const values = names.map((name) => [name, sql`${sql.param(at(name), columns[name])}`])
  return db
    .update(operations)
    .set(Object.fromEntries(values))
    .where(eq(operations.id, at('id')))
    .prepare()
}

function placeholders() {
  return {
    id: at('id'),
    direction: at('direction'),
    link: at('link'),
    shop: at('shop'),
    ref: at('ref'),
    state: at('state'),
    path: at('path'),
    step: at('step'),
    rows: at('rows'),
    version: at('version'),
    base: at('base'),
    ours: at('ours'),
    theirs: at('theirs'),
    agreed: at('agreed'),
    inputs: at('inputs'),
    trigger: at('trigger'),
    user: at('user'),
    hops: at('hops'),
    inbox: at('inbox'),
    attempts: at('attempts'),
    dueAt: at('dueAt'),
    reason: at('reason'),
    recordedAt: at('recordedAt'),
    ack: at('ack'),
    apply: at('apply'),
  }
}
