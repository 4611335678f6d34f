/**
 * Odoo 19 from Debian's unstable suite, unpacked into our cache. A private apt configuration keeps the machine's own
 * package state untouched; signatures are checked by apt with Debian's archive keys.
 */
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRoot } from './debian.ts'
import { cacheDir, partialIn } from './paths.ts'
import { StackError, step } from './report.ts'
import { run } from './shell.ts'

/**
 * What the links in odoo-19 point at; all must lie in one folder with it. Taken from the machine's own suite where it has
 * them: unstable has moved files away from where odoo-19 looks for them (fonts-font-awesome, 2026-11).
 */
const LINKED = [
  'libjs-jquery',
  'libjs-jquery-form',
  'libjs-underscore',
  'fonts-font-awesome',
  'fonts-roboto-unhinted',
  'fonts-inconsolata',
  'fonts-montserrat',
  'fonts-ocr-b',
]

export interface Unpacked {
  readonly folder: string
  readonly version: string
}

/** A folder appears under its final name only when it is complete. */
export async function debianOdoo(): Promise<Unpacked> {
  const home = join(cacheDir(), 'odoo')
  mkdirSync(home, { recursive: true })
  const present = readdirSync(home)
    .filter((name) => name.startsWith('debian-'))
    .sort()
  const newest = present.at(-1)
  if (newest) return { folder: join(home, newest), version: newest }
  const work = mkdtempSync(join(tmpdir(), 'marketplace-sync-apt-'))
  try {
    const files = await step('Odoo 19: download from Debian (once)', () => download(work))
    return await step('Odoo 19: unpack', () => unpack(home, work, files))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function download(work: string): Promise<readonly string[]> {
  const options = await privateApt(work)
  const hint = 'check the network; apt must reach the mirror that /etc/apt names, suite sid'
  await run('apt-get', [...options, 'update'], { cwd: join(work, 'deb'), hint })
  const listed = await run('apt-cache', [...options, 'madison', ...LINKED])
  const names = LINKED.map((name) => `${name}/${hasIn(listed.out, name, ownSuite()) ? ownSuite() : 'sid'}`)
  await run('apt-get', [...options, 'download', 'odoo-19/sid', ...names], { cwd: join(work, 'deb'), hint })
  return readdirSync(join(work, 'deb')).filter((name) => name.endsWith('.deb'))
}

function ownSuite(): string {
  const [, suite] = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? []
  return suite ?? 'sid'
}

/** madison prints `name | version | address suite/component arch Packages`. */
function hasIn(madison: string, name: string, suite: string): boolean {
  return madison.split('\n').some((line) => line.trim().startsWith(`${name} |`) && line.includes(` ${suite}/main `))
}

async function privateApt(work: string): Promise<readonly string[]> {
  for (const dir of ['lists/partial', 'cache/archives/partial', 'deb']) mkdirSync(join(work, dir), { recursive: true })
  const address = await mirror()
  const keys = archiveKeys().join(',')
  const suites = [...new Set([ownSuite(), 'sid'])]
  const lines = suites.map((suite) => `deb [signed-by=${keys}] ${address} ${suite} main\n`)
  writeFileSync(join(work, 'sources.list'), lines.join(''))
  await letAptWrite(work)
  const settings = {
    'Dir::State::Lists': join(work, 'lists'),
    'Dir::Cache': join(work, 'cache'),
    'Dir::Etc::sourcelist': join(work, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::Etc::preferences': '-',
    'Dir::Etc::preferencesparts': '-',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  }
  return ['-q', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
}

/** As root, apt gives up its rights and downloads as `_apt`. */
async function letAptWrite(work: string): Promise<void> {
  if (!isRoot()) return
  const asked = await run('id', ['-u', '_apt'], { allowFailure: true })
  if (asked.code !== 0) return
  for (const dir of ['.', 'lists', 'lists/partial', 'cache', 'cache/archives', 'cache/archives/partial', 'deb']) {
    chownSync(join(work, dir), Number(asked.out), 0)
  }
}

/** The machine knows its mirror; no address is ever written into a file of ours. */
async function mirror(): Promise<string> {
  const format = '$(REPO_URI)|$(LABEL)|$(COMPONENT)|$(RELEASE)'
  const asked = await run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'])
  const rows = asked.out
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('|'))
  const main = rows.filter(([, , component]) => component === 'main')
  // the label is known once lists were fetched; before that, the suite's name tells the main archive from the others
  const chosen =
    main.find(([, label]) => label === 'Debian') ?? main.find(([, , , suite]) => suite && !suite.includes('-'))
  const address = chosen?.[0]
  if (address) return address
  throw new StackError(
    'apt on this machine names no Debian main archive, so there is nowhere to take Odoo 19 from.',
    'add the main archive to /etc/apt/sources.list.d, or set ODOO_HOME to an Odoo tree',
  )
}

function archiveKeys(): readonly string[] {
  const whole = ['pgp', 'gpg']
    .map((end) => `/usr/share/keyrings/debian-archive-keyring.${end}`)
    .find((f) => existsSync(f))
  if (whole) return [whole]
  const folders = ['/usr/share/keyrings', '/etc/apt/trusted.gpg.d'].filter((dir) => existsSync(dir))
  const single = folders.flatMap((dir) => readdirSync(dir).map((name) => join(dir, name)))
  const keys = single.filter((file) => /debian-archive-(?!removed).*\.(gpg|pgp|asc)$/.test(file))
  if (keys.length > 0) return keys
  throw new StackError(
    'The keys of the Debian archive are missing, and nothing is taken unverified.',
    'run `apt-get install -y debian-archive-keyring`, then try again',
  )
}

async function unpack(home: string, work: string, files: readonly string[]): Promise<Unpacked> {
  const main = files.find((name) => name.startsWith('odoo-19_'))
  if (!main) throw new StackError('apt brought no odoo-19 package.', 'try again; the mirror may have been changing')
  const version = `debian-${main.replace(/\.deb$/, '').replaceAll('%3a', ':')}`
  const partial = partialIn(home)
  try {
    for (const name of files) await run('dpkg', ['-x', join(work, 'deb', name), partial])
    await refuseDanglingLinks(partial)
    const folder = join(home, version)
    if (!existsSync(folder)) renameSync(partial, folder)
    return { folder, version }
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** One missing js file answers 500 for every page. */
async function refuseDanglingLinks(folder: string): Promise<void> {
  const addons = join(folder, 'usr/lib/python3/dist-packages/odoo')
  const found = await run('find', [addons, '-xtype', 'l'])
  const links = found.out.split('\n').filter(Boolean)
  if (links.length === 0) return
  throw new StackError(
    `The unpacked Odoo has links that lead nowhere:\n${links.slice(0, 5).join('\n')}`,
    'Debian has moved a font or script package: add it to PACKAGES in test/stack/odoo-debian.ts',
  )
}
