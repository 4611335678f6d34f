import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { assertDurable, openDatabase } from '../../sidecar/src/store/db.ts'
import { createStore, StoreError } from '../../sidecar/src/store/index.ts'
import { createWriter } from '../../sidecar/src/store/writer.ts'
import { clock, closing, entry, folder, KEY, operation, store } from './helpers.ts'

const CHILD = fileURLToPath(new URL('./writer.child.ts', import.meta.url))
const TSX = createRequire(import.meta.url).resolve('tsx')

/** What a child wrote to its output until it ended. */
function watch(child: ChildProcess, onLine: (line: string, lines: readonly string[]) => void = () => undefined) {
  const lines: string[] = []
  let rest = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) {
      lines.push(line)
      onLine(line, lines)
    }
  })
  return new Promise<readonly string[]>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve(lines))
  })
}

test('a writer that is killed has lost nothing of what it said to be durable', async () => {
  const file = join(folder(), 'store.db')
  let said = 0
  for (const enough of [40, 150, 400]) {
    const child = spawn(process.execPath, ['--import', TSX, CHILD, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = await watch(child, (_line, { length }) => length > enough && child.kill('SIGKILL'))
    const refs = lines.slice(1)
    const world = store(file)
    const missing = refs.filter((ref) => world.newestInbox('1', ref) === null)
    expect(missing).toEqual([])
    expect(refs.length).toBeGreaterThanOrEqual(enough - 1)
    said += refs.length
    world.close()
  }
  const raw = closing(new Sqlite(file))
  expect(raw.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(said).toBeGreaterThan(0)
})

test('every connection is durable, also to a file that exists already', () => {
  const file = join(folder(), 'store.db')
  for (const _round of ['new', 'reopened']) {
    const connection = openDatabase(file, clock.iso())
    expect(connection.sqlite.pragma('synchronous', { simple: true })).toBe(2)
    expect(connection.sqlite.pragma('journal_mode', { simple: true })).toBe('wal')
    connection.close()
  }
})

test('a connection that is not durable fails the check: the one that SQLite gives by itself to an existing file', () => {
  const file = join(folder(), 'store.db')
  openDatabase(file, clock.iso()).close()
  const careless = closing(new Sqlite(file))
  expect(careless.pragma('synchronous', { simple: true })).toBe(1)
  expect(() => assertDurable(careless)).toThrow(/not durable.*synchronous=1/)
  careless.pragma('synchronous = FULL')
  careless.pragma('foreign_keys = OFF')
  expect(() => assertDurable(careless)).toThrow(/foreign keys/)
  careless.pragma('foreign_keys = ON')
  expect(() => assertDurable(careless)).not.toThrow()
})

test('the writes of one turn share one commit, and the next turn has its own', async () => {
  const statements: string[] = []
  const sqlite = closing(new Sqlite(':memory:', { verbose: (sql) => statements.push(String(sql)) }))
  sqlite.exec('CREATE TABLE t (a)')
  const writer = createWriter(sqlite)
  const insert = sqlite.prepare('INSERT INTO t VALUES (1)')
  for (let turn = 0; turn < 3; turn += 1)
    await Promise.all(Array.from({ length: 50 }, () => writer.run(() => insert.run())))
  expect(sqlite.prepare('SELECT count(*) AS count FROM t').get()).toEqual({ count: 150 })
  expect(statements.filter((sql) => sql === 'COMMIT')).toHaveLength(3)
  writer.stop()
})

test('a promise resolves only when another process can see the row', async () => {
  const file = join(folder(), 'store.db')
  const world = store(file)
  const other = closing(new Sqlite(file))
  const count = () => other.prepare('SELECT count(*) AS count FROM inbox').get()
  const written = world.receive([entry('A', 'x')])
  expect(count()).toEqual({ count: 0 })
  await written
  expect(count()).toEqual({ count: 1 })
})

test('a read sees what was written just before, durable or not yet', async () => {
  const world = store()
  const written = world.receive([entry('A', 'x')])
  expect(world.newestInbox('1', 'A')?.id).toBe('1')
  await written
})

test('a write that fails takes no other with it', async () => {
  const world = store()
  const one = operation()
  const results = await Promise.allSettled([
    world.record(one),
    world.record(one),
    world.update('nobody', { step: 1 }),
    world.receive([entry('A', 'x')]),
  ])
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
  expect(world.counts()).toMatchObject({ waitingInbox: 1, openOperations: 1 })
  expect(await world.problem()).toBeNull()
})

test('a write of several rows is done whole or not at all', async () => {
  const world = store()
  const broken = entry('B', 'x', { shop: String(null), source: 'nowhere' as 'poll' })
  await expect(world.receive([entry('A', 'x'), broken])).rejects.toMatchObject({ fault: 'rule' })
  expect(world.counts().waitingInbox).toBe(0)
})

test('closing finishes what was written', async () => {
  const file = join(folder(), 'store.db')
  const world = store(file)
  const written = world.receive([entry('A', 'x')])
  world.close()
  await written
  expect(store(file).counts().waitingInbox).toBe(1)
})

test('a second sidecar on the same store is refused, until the first is gone', () => {
  const file = join(folder(), 'store.db')
  const first = store(file)
  expect(() => store(file)).toThrow(/Another sidecar already works on/)
  first.close()
  expect(() => store(file)).not.toThrow()
})

test('the file is for its owner only', () => {
  const file = join(folder(), 'data', 'store.db')
  store(file)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(existsSync(`${file}-wal`)).toBe(true)
  expect(statSync(`${file}-wal`).mode & 0o077).toBe(0)
  expect(existsSync(`${file}.lock-journal`)).toBe(false)
})

test('a full disk refuses the write by name, keeps what was durable, and heals when there is room', async () => {
  const connection = openDatabase(join(folder(), 'store.db'), clock.iso())
  const world = closing(createStore(connection, clock, [KEY]))
  await world.receive([entry('A', 'x')])
  connection.sqlite.pragma('max_page_count = 1')
  const small = world.putSetting('odoo.url', 'http://x')
  const large = world.receive([entry('B', 'y'.repeat(500_000))])
  await expect(large).rejects.toMatchObject({ fault: 'full', unavailable: true })
  await small.catch(() => undefined)
  connection.sqlite.pragma('max_page_count = 1000000')
  await world.receive([entry('C', 'x')])
  expect(await world.problem()).toBeNull()
  expect(world.waitingInbox(clock.iso(), 9).map((row) => row.ref)).toEqual(['A', 'C'])
})

test('when the disk takes nothing more, the sidecar lives, says so, and loses nothing', async () => {
  const file = join(folder(), 'store.db')
  store(file).close()
  // the operating system refuses to let any file grow above 512 blocks
  const command = `ulimit -f 512; exec "${process.execPath}" --import "${TSX}" "${CHILD}" "${file}" large`
  const lines = await watch(spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] }))
  expect(lines.at(-1)).toMatch(/^refused (io|full) true$/)
  const refs = lines.slice(1).filter((line) => !line.startsWith('refused'))
  const world = store(file)
  expect(refs.length).toBeGreaterThan(10)
  expect(refs.filter((ref) => world.newestInbox('1', ref) === null)).toEqual([])
})

test('a file that cannot be written is refused by name', async () => {
  const connection = openDatabase(join(folder(), 'store.db'), clock.iso())
  const world = closing(createStore(connection, clock, [KEY]))
  connection.sqlite.pragma('query_only = ON')
  await expect(world.receive([entry('A', 'x')])).rejects.toMatchObject({ fault: 'readonly', unavailable: true })
  expect((await world.problem())?.fault).toBe('readonly')
  connection.sqlite.pragma('query_only = OFF')
  expect(await world.problem()).toBeNull()
})

test('a file that is held by somebody else is refused by name, and then goes on', async () => {
  const file = join(folder(), 'store.db')
  const world = store(file)
  const other = closing(new Sqlite(file))
  other.exec('BEGIN IMMEDIATE')
  await expect(world.receive([entry('A', 'x')])).rejects.toMatchObject({ fault: 'busy', unavailable: true })
  other.exec('ROLLBACK')
  await world.receive([entry('A', 'x')])
  expect(world.counts().waitingInbox).toBe(1)
})

test('a damaged file stops the start by name', () => {
  const file = join(folder(), 'store.db')
  writeFileSync(file, 'this is no database, and it is long enough to be looked at '.repeat(100))
  expect(() => store(file)).toThrow(StoreError)
  expect(() => store(file)).toThrow(/damaged/)
})

test('a stored record that was touched by hand is named, not passed on', async () => {
  const connection = openDatabase(join(folder(), 'store.db'), clock.iso())
  const world = closing(createStore(connection, clock, [KEY]))
  await world.receive([entry('A', 'x')])
  connection.sqlite.exec(`UPDATE inbox SET change = '{"ref": 4}'`)
  expect(() => world.newestInbox('1', 'A')).toThrow(/"change" is not as expected/)
})
