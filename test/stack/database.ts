/** This stack's cluster and the databases in it. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BASE, ensureGolden, goldenKey } from './golden.ts'
import { runOdoo } from './odoo.ts'
import type { OdooTree } from './odoo-tree.ts'
import { addonsPath, logFile, stackDir, stackId } from './paths.ts'
import {
  type Cluster,
  clusterIn,
  copyDatabase,
  databaseExists,
  databaseHome,
  dropDatabase,
  isServing,
  serverCommand,
  sql,
} from './postgres.ts'
import { isRunning, launch, ready, stopPart } from './processes.ts'
import { say, step } from './report.ts'
import { run } from './shell.ts'

async function clustersHome(): Promise<string> {
  const home = join(await databaseHome(), 'clusters')
  mkdirSync(home, { recursive: true })
  return home
}

/** This stack's cluster, running. */
export async function ensureCluster(tree: OdooTree): Promise<Cluster> {
  const golden = await ensureGolden(tree)
  const dir = join(await clustersHome(), stackId())
  await forgetLostClusters(await clustersHome())
  const made = join(dir, 'made-from')
  if (!existsSync(made) || readFileSync(made, 'utf8') !== goldenKey(tree)) {
    await stopPart('postgres')
    await step('database cluster: copy of the template', () => copyGolden(golden, dir))
    writeFileSync(made, goldenKey(tree))
  }
  const cluster = await clusterIn(dir)
  if (!isRunning('postgres')) await step('PostgreSQL: start', () => startPostgres(cluster))
  return cluster
}

async function copyGolden(golden: string, dir: string): Promise<void> {
  rmSync(dir, { recursive: true, force: true })
  const cluster = await clusterIn(dir)
  writeFileSync(join(dir, 'belongs-to'), stackDir())
  await run('cp', ['-a', '--reflink=auto', join(golden, 'pgdata'), cluster.pgdata])
  await run('cp', ['-a', '--reflink=auto', `${join(golden, 'odoo-data')}/.`, cluster.odooData])
}

/** A cluster whose checkout is gone is only in the way. */
async function forgetLostClusters(home: string): Promise<void> {
  for (const name of readdirSync(home)) {
    const note = join(home, name, 'belongs-to')
    if (existsSync(note) && !existsSync(readFileSync(note, 'utf8'))) rmSync(join(home, name), { recursive: true })
  }
}

async function startPostgres(cluster: Cluster): Promise<void> {
  const [command, ...args] = await serverCommand(cluster)
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8' }
  launch('postgres', { command, args, cwd: '/', env, stopSignal: 'SIGINT' })
  await ready('postgres', () => isServing(cluster), 60_000)
}

/** Changes with every byte of the addon. */
export function addonHash(): string {
  const hash = createHash('sha256')
  const names = readdirSync(addonsPath, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile() && !entry.name.endsWith('.pyc'))
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort()
  for (const path of paths) hash.update(path.slice(addonsPath.length)).update(readFileSync(path))
  return hash.digest('hex').slice(0, 12)
}

/** A database with the present addon installed and the web client's assets compiled, to be copied. */
export async function addonTemplate(tree: OdooTree, cluster: Cluster, options = { anew: false }): Promise<string> {
  const name = `addon_${addonHash()}`
  if (!options.anew && (await databaseExists(cluster, name))) return name
  const making = 'addon_in_the_making'
  await dropOldTemplates(cluster)
  await copyWithFiles(cluster, BASE, making)
  await step('addon: install into a copy of the template', () => installAddon(tree, cluster, making))
  await step("web client: compile Odoo's assets", () => compileAssets(tree, cluster, making))
  await sql(cluster, 'postgres', `alter database "${making}" rename to "${name}"`)
  renameSync(fileStore(cluster, making), fileStore(cluster, name))
  for (const problem of installProblems()) say(`     warning at install: ${problem}`)
  return name
}

async function dropOldTemplates(cluster: Cluster): Promise<void> {
  const names = await sql(cluster, 'postgres', "select datname from pg_database where datname like 'addon\\_%'")
  for (const name of names.split('\n').filter(Boolean)) await forgetDatabase(cluster, name)
}

async function installAddon(tree: OdooTree, cluster: Cluster, database: string): Promise<void> {
  const args = ['--init=marketplace_sync', '--stop-after-init', '--no-http']
  await runOdoo({ tree, cluster, database, args, log: 'addon-install' })
}

/** What an installation must not say. Another addon of the tree may have a poor manifest; ours may not. */
export function installProblems(): readonly string[] {
  const log = logFile('addon-install')
  if (!existsSync(log)) return []
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => / (WARNING|ERROR|CRITICAL) /.test(line) && !/ in manifest for '(?!marketplace_)/.test(line))
}

// the first page of a fresh database costs ten seconds of compiling; a copy of this one costs nothing
const COMPILE = `
for name in ('web.assets_web', 'web.assets_web_print', 'web.assets_backend_lazy', 'web.assets_frontend_minimal', 'web.assets_frontend'):
    bundle = env['ir.qweb']._get_asset_bundle(name, css=True, js=True)
    bundle.css()
    bundle.js()
env.cr.commit()
`

async function compileAssets(tree: OdooTree, cluster: Cluster, database: string): Promise<void> {
  await runOdoo({ tree, cluster, database, args: ['shell', '--no-http'], log: 'assets', input: COMPILE })
}

function fileStore(cluster: Cluster, database: string): string {
  return join(cluster.odooData, 'filestore', database)
}

async function copyWithFiles(cluster: Cluster, from: string, to: string): Promise<void> {
  await forgetDatabase(cluster, to)
  await copyDatabase(cluster, from, to)
  if (existsSync(fileStore(cluster, from)))
    cpSync(fileStore(cluster, from), fileStore(cluster, to), { recursive: true })
}

export async function forgetDatabase(cluster: Cluster, name: string): Promise<void> {
  await dropDatabase(cluster, name)
  rmSync(fileStore(cluster, name), { recursive: true, force: true })
}

/** A database of its own: a new uuid tells it from its template, as Odoo does when it duplicates one. */
export async function freshDatabase(cluster: Cluster, from: string, name: string, url: string): Promise<void> {
  await copyWithFiles(cluster, from, name)
  const parameters = { 'web.base.url': url, 'web.base.url.freeze': 'True', 'report.url': url }
  const rows = Object.entries(parameters).map(([key, value]) => `('${key}', '${value}')`)
  await sql(
    cluster,
    name,
    `update ir_config_parameter set value = gen_random_uuid() where key = 'database.uuid';
     insert into ir_config_parameter (key, value) values ${rows.join(', ')}
     on conflict (key) do update set value = excluded.value;`,
  )
}
