/** Which Odoo is used: the tree of ODOO_HOME, or Debian's package in our cache. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { debianOdoo } from './odoo-debian.ts'
import { cacheDir, repo } from './paths.ts'
import { StackError } from './report.ts'

export interface OdooTree {
  /** Changes whenever a template database made with it should be made anew. */
  readonly id: string
  readonly version: string
  readonly major: number
  /** The folder that holds the Python package `odoo`. */
  readonly root: string
  readonly addons: readonly string[]
}

export async function odooTree(): Promise<OdooTree> {
  const home = process.env.ODOO_HOME
  if (home) return describeTree(findRoot(resolve(home)))
  const unpacked = await debianOdoo()
  return describeTree(findRoot(unpacked.folder), unpacked.version)
}

/** A checkout with odoo-bin, an unpacked package, an installed package, or the `odoo` package itself. */
function findRoot(home: string): string {
  const candidates = [home, join(home, 'usr/lib/python3/dist-packages'), join(home, '..')]
  const root = candidates.find((dir) => existsSync(join(dir, 'odoo/release.py')))
  if (root) return resolve(root)
  throw new StackError(
    `ODOO_HOME=${home} holds no Odoo: there is no odoo/release.py in it.`,
    'point ODOO_HOME at a complete 18.0 or 19.0 tree (the folder with odoo-bin), or leave it out to use Odoo 19 from Debian',
  )
}

function describeTree(root: string, packageVersion?: string): OdooTree {
  const release = readFileSync(join(root, 'odoo/release.py'), 'utf8')
  const [, major = '', minor = ''] = /^version_info = \((\d+), (\d+)/m.exec(release) ?? []
  if (major !== '18' && major !== '19') {
    throw new StackError(`The Odoo in ${root} is ${major}.${minor}.`, 'use Odoo 18.0 or 19.0')
  }
  const stamp = packageVersion ?? `${root} ${gitHead(root)} ${release} ${statSync(root).mtimeMs}`
  const id = `odoo-${major}-${createHash('sha256').update(stamp).digest('hex').slice(0, 10)}`
  // a package has everything inside `odoo`; in a checkout the business addons lie beside it
  const inside = join(root, 'odoo/addons')
  const addons = existsSync(join(inside, 'web')) ? [inside] : [join(root, 'addons'), inside]
  return { id, version: `${major}.${minor}`, major: Number(major), root, addons }
}

function gitHead(root: string): string {
  const head = join(root, '.git/HEAD')
  if (!existsSync(head)) return ''
  const text = readFileSync(head, 'utf8').trim()
  const ref = join(root, '.git', text.replace('ref: ', ''))
  return existsSync(ref) ? readFileSync(ref, 'utf8').trim() : text
}

/** Debian leaves this file out on purpose; the console error of its absence fails every browser test. */
export function lacksSelfieLibrary(tree: OdooTree): boolean {
  return !tree.addons.some((dir) => existsSync(join(dir, 'mail/static/lib/selfie_segmentation')))
}

export const odooPython = () => process.env.ODOO_PYTHON || '/usr/bin/python3'

/** Only what Odoo needs: another Python's settings must not leak in. */
export function odooEnv(tree: OdooTree): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PYTHON') && !name.startsWith('PG'))
  return {
    ...Object.fromEntries(kept),
    PYTHONPATH: tree.root,
    PYTHONNOUSERSITE: '1',
    PYTHONUNBUFFERED: '1',
    // trees and checkouts stay clean, and may be read-only
    PYTHONPYCACHEPREFIX: join(cacheDir(), 'pycache'),
    TZ: 'UTC',
  }
}

export const odooBin = join(repo, 'test/stack/odoo-bin.py')
