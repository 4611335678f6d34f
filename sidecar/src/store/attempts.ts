/** Each try to carry an operation out, with its outcome: what a person reads to understand. */
import { asc, eq, getTableColumns, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { AttemptRecord } from '../flows/ports.ts'
import { attempts } from './schema.ts'

const at = sql.placeholder
const { id: _, ...columns } = getTableColumns(attempts)

export function createAttempts(db: BetterSQLite3Database) {
  const ofOperation = db
    .select(columns)
    .from(attempts)
    .where(eq(attempts.operation, at('operation')))
    .orderBy(asc(attempts.id))
    .prepare()
  const insert = db
    .insert(attempts)
    .values({
      operation: at('operation'),
      at: at('at'),
      number: at('number'),
      to: at('to'),
      outcome: at('outcome'),
      code: at('code'),
      answer: at('answer'),
      durationMs: at('durationMs'),
    })
    .prepare()
  return {
    add: (attempt: AttemptRecord): void => {
      // durations come from a clock with fractions, and the column is strict
      insert.run({ ...attempt, durationMs: Math.round(attempt.durationMs) })
    },
    of: (operation: string): readonly AttemptRecord[] => ofOperation.all({ operation }),
  }
}
