/**
 * A PostgreSQL cluster of our own: private socket folder, no TCP port at all, run by a user that is not root. The
 * machine's own cluster is never touched.
 */
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isRoot } from './debian.ts'
import { cacheDir, stackId } from './paths.ts'
import { StackError } from './report.ts'
import { type RunOptions, run } from './shell.ts'

export const SUPERUSER = 'stack'
/** Odoo refuses the user `postgres`, and a superuser would hide missing rights. */
export const ODOO_ROLE = 'odoo'

export function postgresBin(): { readonly dir: string; readonly major: number } {
  const base = '/usr/lib/postgresql'
  const majors = existsSync(base)
    ? readdirSync(base)
        .map(Number)
        .filter((major) => major >= 13)
    : []
  const major = Math.max(...majors.filter((number) => existsSync(join(base, String(number), 'bin/initdb'))))
  if (Number.isFinite(major)) return { dir: join(base, String(major), 'bin'), major }
  throw new StackError('PostgreSQL 13 or newer is not installed.', 'install the package `postgresql`')
}

interface Owner {
  readonly uid: number
  readonly gid: number
  readonly name: string
}

/** initdb refuses root: as root, the user that the Debian package made runs the cluster. */
async function clusterOwner(): Promise<Owner | null> {
  if (!isRoot()) return null
  for (const name of ['postgres', 'nobody']) {
    const asked = await run('id', ['-u', name], { allowFailure: true })
    if (asked.code !== 0) continue
    const group = await run('id', ['-g', name])
    return { uid: Number(asked.out), gid: Number(group.out), name }
  }
  throw new StackError('There is no user that could run PostgreSQL.', 'install the package `postgresql`')
}

/** The command line that runs something as the cluster's user. */
async function asOwner(command: string, args: readonly string[]): Promise<readonly [string, ...string[]]> {
  const owner = await clusterOwner()
  if (!owner) return [command, ...args]
  return ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', command, ...args]
}

export async function runAsOwner(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const [first, ...rest] = await asOwner(command, args)
  return (await run(first, rest, { cwd: '/', ...options })).out
}

/** The folder of clusters and templates: the cache, unless the cluster's user cannot get there (a home closed to others). */
export async function databaseHome(): Promise<string> {
  const owner = await clusterOwner()
  const home = join(cacheDir(), 'postgres')
  if (!owner) return made(home, null)
  const [command, ...args] = await asOwner('test', ['-x', cacheDir()])
  const reachable = (await run(command, args, { cwd: '/', allowFailure: true })).code === 0
  return made(reachable ? home : '/var/cache/marketplace-sync/postgres', owner)
}

function made(dir: string, owner: Owner | null): string {
  mkdirSync(dir, { recursive: true })
  if (owner) chownSync(dir, owner.uid, owner.gid)
  return dir
}

export interface Cluster {
  /** Holds pgdata, the socket and Odoo's data folder. */
  readonly dir: string
  readonly pgdata: string
  readonly socket: string
  /** Odoo's --data-dir: file stores and sessions. */
  readonly odooData: string
}

export async function clusterIn(dir: string): Promise<Cluster> {
  const owner = await clusterOwner()
  made(dir, owner)
  // a socket's path ends at 107 characters
  const near = join(dir, 'socket')
  const socket = made(near.length < 90 ? near : `/tmp/marketplace-sync-${stackId()}`, owner)
  const odooData = join(dir, 'odoo-data')
  mkdirSync(odooData, { recursive: true })
  return { dir, pgdata: join(dir, 'pgdata'), socket, odooData }
}

export async function initCluster(cluster: Cluster): Promise<void> {
  const args = ['-D', cluster.pgdata, '-U', SUPERUSER, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']
  await runAsOwner(join(postgresBin().dir, 'initdb'), args)
}

/** The command that serves the cluster, to be kept running by the caller. */
export async function serverCommand(
  cluster: Cluster,
  settings: Readonly<Record<string, string>> = {},
): Promise<readonly [string, ...string[]]> {
  const own = {
    listen_addresses: '',
    unix_socket_directories: cluster.socket,
    unix_socket_permissions: '0700',
    max_connections: '120',
    shared_buffers: '256MB',
    ...settings,
  }
  const flags = Object.entries(own).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return asOwner(join(postgresBin().dir, 'postgres'), ['-D', cluster.pgdata, ...flags])
}

export async function isServing(cluster: Cluster): Promise<boolean> {
  const asked = await run(join(postgresBin().dir, 'pg_isready'), ['-q', '-h', cluster.socket], { allowFailure: true })
  return asked.code === 0
}

/** Runs SQL as the superuser; answers unaligned rows. */
export async function sql(cluster: Cluster, database: string, statement: string): Promise<string> {
  const args = ['-h', cluster.socket, '-U', SUPERUSER, '-d', database, '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1']
  const result = await run(join(postgresBin().dir, 'psql'), args, { input: statement })
  return result.out.trim()
}

export async function databaseExists(cluster: Cluster, name: string): Promise<boolean> {
  return (await sql(cluster, 'postgres', `select 1 from pg_database where datname = '${name}'`)) === '1'
}

export async function dropDatabase(cluster: Cluster, name: string): Promise<void> {
  await sql(cluster, 'postgres', `drop database if exists "${name}" with (force)`)
}

/** A second instead of a minute. */
export async function copyDatabase(cluster: Cluster, from: string, to: string): Promise<void> {
  // without a checkpoint the copy's sequences fall back when PostgreSQL crashes: their next values are not logged
  await sql(cluster, 'postgres', `create database "${to}" template "${from}" owner "${ODOO_ROLE}"; checkpoint;`)
}
