/** Where things live. Nothing outside these folders is written. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

export const repo = resolve(import.meta.dirname, '../..')
export const addonsPath = join(repo, 'odoo_addon')

/** Downloads and templates, shared by all checkouts of this user. */
export function cacheDir(): string {
  const own = process.env.MARKETPLACE_SYNC_CACHE
  const xdg = process.env.XDG_CACHE_HOME
  const dir = own || (xdg ? join(xdg, 'marketplace-sync') : join(homedir(), '.cache', 'marketplace-sync'))
  mkdirSync(dir, { recursive: true })
  return resolve(dir)
}

/** One running stack: its state, logs and data. `npm test` uses one of its own beside the developer's. */
export function stackDir(): string {
  const own = process.env.STACK_DIR
  const dir = own ? (isAbsolute(own) ? own : join(repo, own)) : join(repo, '.stack')
  mkdirSync(join(dir, 'logs'), { recursive: true })
  return dir
}

export function logFile(name: string): string {
  return join(stackDir(), 'logs', `${name}.log`)
}

/** Two checkouts, and two stacks of one checkout, never share a cluster. */
export function stackId(): string {
  return createHash('sha256').update(stackDir()).digest('hex').slice(0, 10)
}

/** A folder to make something in, renamed when it is complete; what a crash left behind an hour ago is cleared away. */
export function partialIn(home: string): string {
  for (const name of readdirSync(home).filter((entry) => entry.startsWith('.partial-'))) {
    const path = join(home, name)
    if (Date.now() - statSync(path).ctimeMs > 3_600_000) rmSync(path, { recursive: true, force: true })
  }
  return mkdtempSync(join(home, '.partial-'))
}
