import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Sqlite from 'better-sqlite3'
import { is } from 'drizzle-orm'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../sidecar/src/store/db.ts'
import { createStore } from '../../sidecar/src/store/index.ts'
import { MIGRATIONS, migrate, readMigrations } from '../../sidecar/src/store/migrate.ts'
import * as schema from '../../sidecar/src/store/schema.ts'
import { clock, closing, folder, KEY } from './helpers.ts'

const memory = () => closing(new Sqlite(':memory:'))

/** A copy of the migrations that a test may spoil. */
function copied(): string {
  const copy = join(folder(), 'migrations')
  cpSync(MIGRATIONS, copy, { recursive: true })
  return copy
}
const asFolder = (path: string) => new URL(`${pathToFileURL(path)}/`)

test('an empty file gets everything, and a second start changes nothing', () => {
  const sqlite = memory()
  expect(migrate(sqlite, clock.iso())).toBe(readMigrations().length)
  const before = sqlite.prepare('SELECT * FROM sqlite_schema').all()
  expect(migrate(sqlite, clock.iso())).toBe(0)
  expect(sqlite.prepare('SELECT * FROM sqlite_schema').all()).toEqual(before)
})

test('a new migration runs once, on top of what is there', () => {
  const sqlite = memory()
  migrate(sqlite, clock.iso())
  const copy = copied()
  const next = String(readMigrations().length + 1).padStart(4, '0')
  writeFileSync(join(copy, `${next}_more.sql`), 'CREATE TABLE more (a);')
  expect(migrate(sqlite, clock.iso(), asFolder(copy))).toBe(1)
  expect(migrate(sqlite, clock.iso(), asFolder(copy))).toBe(0)
})

test('a migration that fails leaves nothing of itself behind', () => {
  const sqlite = memory()
  const copy = copied()
  const next = String(readMigrations().length + 1).padStart(4, '0')
  writeFileSync(join(copy, `${next}_broken.sql`), 'CREATE TABLE half (a); CREATE TABLE half (a);')
  expect(() => migrate(sqlite, clock.iso(), asFolder(copy))).toThrow(/half/)
  expect(sqlite.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'half'").all()).toEqual([])
})

test('a migration that was changed after its run stops the start', () => {
  const sqlite = memory()
  migrate(sqlite, clock.iso())
  const copy = copied()
  const first = join(copy, '0001_store.sql')
  writeFileSync(first, `${readFileSync(first, 'utf8')}-- touched`)
  expect(() => migrate(sqlite, clock.iso(), asFolder(copy))).toThrow(/was changed after it had been run/)
})

test('a store of a newer sidecar stops the start', () => {
  const sqlite = memory()
  migrate(sqlite, clock.iso())
  sqlite.exec("INSERT INTO migrations VALUES (900, 'x', 'x')")
  expect(() => migrate(sqlite, clock.iso())).toThrow(/newer sidecar/)
})

test('files out of order are refused', () => {
  const copy = join(folder(), 'migrations')
  mkdirSync(copy)
  writeFileSync(join(copy, '0002_second.sql'), 'SELECT 1')
  expect(() => readMigrations(asFolder(copy))).toThrow(/out of order/)
})

test('the tables that the code knows are the tables that the migrations make', () => {
  const sqlite = memory()
  migrate(sqlite, clock.iso())
  const tables = Object.values(schema).filter((table) => is(table, SQLiteTable))
  expect(tables.length).toBeGreaterThan(5)
  for (const table of tables) {
    const { name, columns } = getTableConfig(table)
    const known = columns.map((column) => ({ name: column.name, type: column.getSQLType().toUpperCase() }))
    expect(sqlite.prepare('SELECT name, type FROM pragma_table_info(?) ORDER BY cid').all(name)).toEqual(known)
  }
})

const step = z.object({ detail: z.string() })

/** What SQLite does for each statement that the store prepares at its start. */
function plans(): [statement: string, plan: string][] {
  const statements = new Set<string>()
  const connection = closing(openDatabase(':memory:', clock.iso()))
  const prepare = connection.sqlite.prepare.bind(connection.sqlite)
  const watched = (sql: string) => {
    statements.add(sql)
    return prepare(sql)
  }
  Object.defineProperty(connection.sqlite, 'prepare', { value: watched })
  closing(createStore(connection, clock, [KEY]))
  return [...statements]
    .filter((sql) => /^(select|update|delete)/i.test(sql))
    .map((sql) => [
      sql,
      z
        .array(step)
        .parse(prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...bound(sql)))
        .map((s) => s.detail)
        .join('; '),
    ])
}

const bound = (sql: string) => Array.from(sql.matchAll(/\?/g), () => 'x')

test('no statement reads through a table, whatever its history: each uses an index, and none sorts', () => {
  const whole = plans().filter(([, plan]) => /\bSCAN (?!\w+ USING (COVERING )?INDEX|\(subquery)|TEMP B-TREE/.test(plan))
  // forgetting all links, and sealing all secrets anew, are meant to touch all
  const meant = whole.filter(([sql]) => !/^delete from "links"$|from "secrets"$/.test(sql))
  expect(meant).toEqual([])
})

test('what waits is found in an index that holds nothing else', () => {
  const using = (part: string) => plans().filter(([, plan]) => plan.includes(part)).length
  expect(using('inbox_waiting')).toBeGreaterThanOrEqual(2)
  expect(using('inbox_unknown')).toBeGreaterThanOrEqual(2)
  expect(using('operations_open')).toBeGreaterThanOrEqual(3)
  expect(using('operations_open_of_link')).toBeGreaterThanOrEqual(1)
})
