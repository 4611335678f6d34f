/**
 * Group commit. A write is carried out at once, in a savepoint inside a transaction that stays open until the end of this turn of the event
 * loop; then ONE commit makes all of them durable, and only then their promises resolve. So a burst of webhooks pays for one fsync, a lonely
 * one waits for nobody, a read sees what was written before it, and a write that fails takes no other with it.
 */
import type Sqlite from 'better-sqlite3'
import { type StoreError, toStoreError } from './errors.ts'

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: StoreError) => void
}

export interface Writer {
  run<T>(work: () => T): Promise<T>
  /** Commit now what waits. Its promises settle as always. */
  flush(): void
  /** The last failure of the disk, or null once a commit has succeeded again. */
  problem(): StoreError | null
  stop(): void
}

const IDLE_MS = 300

export function createWriter(sqlite: Sqlite.Database): Writer {
  const begin = sqlite.prepare('BEGIN IMMEDIATE')
  const commit = sqlite.prepare('COMMIT')
  const rollback = sqlite.prepare('ROLLBACK')
  const savepoint = sqlite.prepare('SAVEPOINT one_write')
  const release = sqlite.prepare('RELEASE one_write')
  const undo = sqlite.prepare('ROLLBACK TO one_write')
  let group: Waiting[] = []
  let scheduled: NodeJS.Immediate | null = null
  let problem: StoreError | null = null
  // not in the way of a write: the log is folded back into the file when nothing happens
  const idle = setTimeout(checkpoint, IDLE_MS).unref()

  function checkpoint(): void {
    try {
      sqlite.pragma('wal_checkpoint(PASSIVE)')
    } catch (error) {
      problem = toStoreError(error)
    }
  }

  function failed(cause: unknown): StoreError {
    const error = toStoreError(cause)
    if (error.unavailable) problem = error
    return error
  }

  function attempt<T>(work: () => T): T {
    if (!sqlite.inTransaction) begin.run()
    savepoint.run()
    try {
      const value = work()
      release.run()
      return value
    } catch (error) {
      if (sqlite.inTransaction) {
        undo.run()
        release.run()
      }
      throw error
    }
  }

  function settle(error: StoreError | null): void {
    const settled = group
    group = []
    for (const one of settled) error ? one.reject(error) : one.resolve()
  }

  function flush(): void {
    if (scheduled) clearImmediate(scheduled)
    scheduled = null
    if (!sqlite.inTransaction) return
    try {
      commit.run()
      problem = null
      idle.refresh()
      settle(null)
    } catch (error) {
      if (sqlite.inTransaction) rollback.run()
      settle(failed(error))
    }
  }

  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        try {
          const value = attempt(work)
          group.push({ resolve: () => resolve(value), reject })
        } catch (cause) {
          const error = failed(cause)
          reject(error)
          // a full disk ends the whole transaction, so what waited in it is gone as well
          if (!sqlite.inTransaction) settle(error)
        }
        scheduled ??= setImmediate(flush)
      }),
    flush,
    problem: () => problem,
    stop: () => {
      flush()
      clearTimeout(idle)
    },
  }
}
