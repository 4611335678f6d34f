/**
 * The golden cluster: a stopped PostgreSQL data folder with one database `base` (Odoo with Sales, Inventory and demo data)
 * and its file store. Made once per Odoo tree and PostgreSQL version, shared by all checkouts; a stack copies the folder.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { demoFlag, runOdoo, treeFixes } from './odoo.ts'
import type { OdooTree } from './odoo-tree.ts'
import { logFile, partialIn } from './paths.ts'
import {
  type Cluster,
  clusterIn,
  databaseHome,
  initCluster,
  isServing,
  ODOO_ROLE,
  postgresBin,
  runAsOwner,
  serverCommand,
  sql,
} from './postgres.ts'
import { StackError, step } from './report.ts'
import { run } from './shell.ts'

export const BASE = 'base'

/** Raise it when what goes into the database changes. */
const RECIPE = 1

export function goldenKey(tree: OdooTree): string {
  return `${tree.id}-pg${postgresBin().major}-r${RECIPE}`
}

export async function ensureGolden(tree: OdooTree): Promise<string> {
  const home = join(await databaseHome(), 'golden')
  mkdirSync(home, { recursive: true })
  const final = join(home, goldenKey(tree))
  if (existsSync(final) && !mayBeTorn(final)) return final
  rmSync(final, { recursive: true, force: true })
  const partial = partialIn(home)
  try {
    const cluster = await clusterIn(partial)
    await step('template: new PostgreSQL cluster', () => initCluster(cluster))
    await whileServing(cluster, () =>
      step(`template: Odoo ${tree.version} with Sales, Inventory, demo data`, () => fill(tree, cluster)),
    )
    writeFileSync(notOnDisk(partial), bootId())
    if (!existsSync(final)) renameSync(partial, final)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  void writeOut(final)
  return final
}

const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
const notOnDisk = (golden: string) => join(golden, 'not-on-disk')

/** Whole while the machine runs; after a restart only if it had reached the disk before. */
function mayBeTorn(golden: string): boolean {
  if (!existsSync(notOnDisk(golden))) return false
  if (readFileSync(notOnDisk(golden), 'utf8') !== bootId()) return true
  void writeOut(golden)
  return false
}

/** Nobody waits for it: right after a download of a gigabyte the disk has a minute's work before it. */
async function writeOut(golden: string): Promise<void> {
  try {
    await runAsOwner(join(postgresBin().dir, 'initdb'), ['--sync-only', '-D', join(golden, 'pgdata')])
    rmSync(notOnDisk(golden), { force: true })
  } catch {
    // interrupted: the next start tries again
  }
}

async function fill(tree: OdooTree, cluster: Cluster): Promise<void> {
  await sql(cluster, 'postgres', `create role "${ODOO_ROLE}" login createdb`)
  const args = [...demoFlag(tree), '--init=sale_management,stock', '--stop-after-init', '--no-http']
  await runOdoo({ tree, cluster, database: BASE, args, log: 'template', withAddon: false })
  const installed = await sql(
    cluster,
    BASE,
    "select count(*) from ir_module_module where name in ('sale_stock', 'sale_management') and state = 'installed'",
  )
  if (installed !== '2')
    throw new StackError('Odoo did not install Sales and Inventory.', 'read the log', logFile('template'))
  const fixes = treeFixes(tree)
  if (fixes) await sql(cluster, BASE, fixes)
  await sql(cluster, BASE, 'vacuum analyze')
}

/** Not durable while it is made: a crash throws it away. */
const FAST = { fsync: 'off', full_page_writes: 'off', autovacuum: 'off', max_wal_size: '128MB', min_wal_size: '32MB' }

async function whileServing(cluster: Cluster, work: () => Promise<void>): Promise<void> {
  const [command, ...args] = await serverCommand(cluster, FAST)
  const serving = run(command, args, { cwd: '/', allowFailure: true, log: logFile('template-postgres') })
  try {
    for (let tries = 0; !(await isServing(cluster)); tries++) {
      if (tries > 100) throw new StackError('PostgreSQL did not start.', 'read its log', logFile('template-postgres'))
      await sleep(100)
    }
    await work()
  } finally {
    await runAsOwner(join(postgresBin().dir, 'pg_ctl'), ['stop', '-m', 'fast', '-D', cluster.pgdata], {
      allowFailure: true,
    })
    await serving
  }
}
