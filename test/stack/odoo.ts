/** How this stack runs Odoo: for one job, and as a server. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lacksSelfieLibrary, type OdooTree, odooBin, odooEnv, odooPython } from './odoo-tree.ts'
import { addonsPath, logFile, stackDir } from './paths.ts'
import { type Cluster, ODOO_ROLE } from './postgres.ts'
import { launch } from './processes.ts'
import { type RunResult, run } from './shell.ts'

/** Everything but the verb. A configuration file of our own keeps the user's ~/.odoorc out. */
export function odooArgs(tree: OdooTree, cluster: Cluster, database: string, withAddon = true): string[] {
  const config = join(stackDir(), 'odoo.conf')
  if (!existsSync(config)) writeFileSync(config, '[options]\n')
  const addons = withAddon ? [...tree.addons, addonsPath] : tree.addons
  return [
    `--config=${config}`,
    `--addons-path=${addons.join(',')}`,
    `--data-dir=${cluster.odooData}`,
    `--db_host=${cluster.socket}`,
    '--db_port=5432',
    `--db_user=${ODOO_ROLE}`,
    `--database=${database}`,
  ]
}

export interface Job {
  readonly tree: OdooTree
  readonly cluster: Cluster
  readonly database: string
  readonly args: readonly string[]
  /** The log's name under .stack/logs; begun anew. */
  readonly log: string
  readonly withAddon?: boolean
  readonly input?: string
  readonly allowFailure?: boolean
}

/** Runs Odoo for one job (install, tests, a script) and answers what it said. */
export async function runOdoo(job: Job): Promise<RunResult> {
  const log = logFile(job.log)
  writeFileSync(log, '')
  const [verb, ...rest] = job.args[0] === 'shell' ? job.args : ['', ...job.args]
  const base = odooArgs(job.tree, job.cluster, job.database, job.withAddon ?? true)
  const args = [odooBin, ...(verb ? [verb] : []), ...base, '--max-cron-threads=0', ...rest]
  return run(odooPython(), args, {
    cwd: stackDir(),
    env: odooEnv(job.tree),
    log,
    input: job.input ?? '',
    allowFailure: job.allowFailure ?? false,
    hint: `read ${log}; after a change run the same command again`,
  })
}

export function demoFlag(tree: OdooTree): readonly string[] {
  return tree.major >= 19 ? ['--with-demo'] : []
}

/** What Debian's build needs before a browser can run its tests. */
export function treeFixes(tree: OdooTree): string {
  if (!lacksSelfieLibrary(tree)) return ''
  return `insert into ir_asset (name, bundle, directive, path, active, sequence)
    values ('not in this build', 'web.assets_backend', 'remove', 'mail/static/lib/selfie_segmentation/selfie_segmentation.js', true, 16);`
}

export interface ServerOptions {
  readonly port: number
  readonly geventPort: number
  readonly workers: number
}

export function launchOdoo(tree: OdooTree, cluster: Cluster, database: string, options: ServerOptions): void {
  const env = Object.entries(odooEnv(tree)).filter((entry): entry is [string, string] => entry[1] !== undefined)
  launch('odoo', {
    command: odooPython(),
    args: [
      odooBin,
      ...odooArgs(tree, cluster, database),
      `--db-filter=^${database}$`,
      '--no-database-list',
      '--http-interface=127.0.0.1',
      `--http-port=${options.port}`,
      `--gevent-port=${options.geventPort}`,
      `--workers=${options.workers}`,
      '--max-cron-threads=1',
    ],
    cwd: stackDir(),
    env: Object.fromEntries(env),
    stopSignal: 'SIGTERM',
  })
}
