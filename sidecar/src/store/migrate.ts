/** Numbered SQL files, each run once in a transaction of its own. A file that was run may never change. */
import { readdirSync, readFileSync } from 'node:fs'
import type Sqlite from 'better-sqlite3'
import { z } from 'zod'
import { sha256Hex } from '../lib/crypto.ts'
import { StoreError } from './errors.ts'

/** Beside this file in the sources, and beside the built one: the build copies it. */
export const MIGRATIONS = new URL('./migrations/', import.meta.url)

const FILE = /^(\d{4})_[a-z0-9_]+\.sql$/

interface Migration {
  readonly number: number
  readonly file: string
  readonly sql: string
  readonly digest: string
}

export function migrate(sqlite: Sqlite.Database, now: string, folder: URL = MIGRATIONS): number {
  sqlite.exec(
    'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, digest TEXT NOT NULL, run_at TEXT NOT NULL) STRICT',
  )
  const known = readMigrations(folder)
  const done = doneMigrations(sqlite)
  checkHistory(known, done)
  const due = known.filter(({ number }) => !done.has(number))
  for (const migration of due) sqlite.transaction(() => run(sqlite, migration, now)).immediate()
  return due.length
}

export function readMigrations(folder: URL = MIGRATIONS): Migration[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'))
  const migrations = files.sort().map((file) => {
    const sql = readFileSync(new URL(file, folder), 'utf8')
    return { number: Number(FILE.exec(file)?.[1]), file, sql, digest: sha256Hex(sql) }
  })
  const odd = migrations.find(({ number }, index) => number !== index + 1)
  if (odd) throw new StoreError('bug', `The migration ${odd.file} is out of order: files are 0001_name.sql, 0002_...`)
  return migrations
}

function run(sqlite: Sqlite.Database, { number, sql, digest }: Migration, now: string): void {
  sqlite.exec(sql)
  sqlite.prepare('INSERT INTO migrations (number, digest, run_at) VALUES (?, ?, ?)').run(number, digest, now)
}

const doneRow = z.object({ number: z.number(), digest: z.string() })

function doneMigrations(sqlite: Sqlite.Database): Map<number, string> {
  const rows = sqlite.prepare('SELECT number, digest FROM migrations').all()
  return new Map(
    z
      .array(doneRow)
      .parse(rows)
      .map(({ number, digest }) => [number, digest]),
  )
}

function checkHistory(known: readonly Migration[], done: ReadonlyMap<number, string>): void {
  const newest = Math.max(0, ...done.keys())
  if (newest > known.length)
    throw new StoreError(
      'bug',
      `The store was written by a newer sidecar (migration ${newest}, this one knows ${known.length}): start that one.`,
    )
  const changed = known.find(({ number, digest }) => done.has(number) && done.get(number) !== digest)
  if (changed)
    throw new StoreError(
      'bug',
      `The migration ${changed.file} was changed after it had been run: put it back, add a new one.`,
    )
}
