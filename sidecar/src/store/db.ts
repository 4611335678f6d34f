/** One connection to one file, set up so that what was committed survives a power cut, and checked that it is. */
import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { StoreError, toStoreError } from './errors.ts'
import { migrate } from './migrate.ts'

export const MEMORY = ':memory:'
const BUSY_TIMEOUT_MS = 1000
/** Another process that is just ending gets this long to let go. */
const OWNER_TIMEOUT_MS = 3000
const CACHE_KIB = 8 * 1024
/** 4 KiB each. Checkpoints are run when idle; this only bounds the file in a long burst, and so the time to recover it. */
const CHECKPOINT_PAGES = 8000
const FULL = 2

export interface Connection {
  readonly sqlite: Sqlite.Database
  readonly drizzle: BetterSQLite3Database
  close(): void
}

export function openDatabase(file: string, now: string): Connection {
  try {
    return file === MEMORY ? connect(file, now, null) : openFile(file, now)
  } catch (error) {
    throw toStoreError(error)
  }
}

function openFile(file: string, now: string): Connection {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const owner = becomeOwner(file)
  try {
    return connect(file, now, owner)
  } catch (error) {
    owner.close()
    throw error
  }
}

function connect(file: string, now: string, owner: Sqlite.Database | null): Connection {
  const sqlite = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS })
  try {
    configure(sqlite)
    assertDurable(sqlite)
    // orders and their numbers are nobody else's business on this machine
    if (owner) chmodSync(file, 0o600)
    migrate(sqlite, now)
  } catch (error) {
    sqlite.close()
    throw error
  }
  return {
    sqlite,
    drizzle: drizzle({ client: sqlite }),
    close: () => {
      sqlite.close()
      owner?.close()
    },
  }
}

/** Two sidecars on one store would send everything twice. The operating system frees the lock even after `kill -9`. */
function becomeOwner(file: string): Sqlite.Database {
  const lock = new Sqlite(`${file}.lock`, { timeout: OWNER_TIMEOUT_MS })
  try {
    // nothing is ever written to it: it needs no journal beside it
    lock.pragma('journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock.close()
    if (toStoreError(cause).fault !== 'busy') throw cause
    throw new StoreError('busy', `Another sidecar already works on ${file}: end it first.`, { cause })
  }
}

function configure(sqlite: Sqlite.Database): void {
  sqlite.pragma('journal_mode = WAL')
  // better-sqlite3 opens a new file with FULL, and the same file with NORMAL the next time
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('foreign_keys = ON')
  sqlite.pragma(`cache_size = -${CACHE_KIB}`)
  sqlite.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  sqlite.pragma('temp_store = MEMORY')
}

/** Reads back what was asked for. With NORMAL a power cut may take back what a shop was told to be safe. */
export function assertDurable(sqlite: Sqlite.Database): void {
  const synchronous = sqlite.pragma('synchronous', { simple: true })
  const journal = sqlite.pragma('journal_mode', { simple: true })
  const foreignKeys = sqlite.pragma('foreign_keys', { simple: true })
  if (synchronous !== FULL)
    throw new StoreError(
      'io',
      `The store is not durable: SQLite answers synchronous=${synchronous}, 2 (FULL) is needed.`,
    )
  if (journal !== 'wal' && !sqlite.memory)
    throw new StoreError('io', `The store cannot work here: SQLite answers journal_mode=${journal}, wal is needed.`)
  if (foreignKeys !== 1) throw new StoreError('io', 'The store cannot work here: SQLite does not keep foreign keys.')
}
