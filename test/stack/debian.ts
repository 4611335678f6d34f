/** What has to be installed on the machine itself, and who may do it. */
import { existsSync, readFileSync } from 'node:fs'
import { StackError } from './report.ts'
import { run } from './shell.ts'

/**
 * What Odoo's python side needs, plus PostgreSQL. Alternatives are separated by `|` (first available wins: suites name
 * some differently); a leading `?` marks what only newer suites have.
 * Source: Depends of Debian's odoo-19 and the requirements.txt of 18.0 and 19.0. Last checked: 2026-11-21.
 */
const PYTHON =
  'asn1crypto babel cbor2 chardet cryptography dateutil docutils geoip2 gevent greenlet idna jinja2 libsass lxml ' +
  'markupsafe num2words ofxparse openpyxl openssl pil polib psutil psycopg2 pypdf2|python3-pypdf tz qrcode reportlab ' +
  'requests rjsmin serial stdnum urllib3 usb vobject werkzeug xlrd xlsxwriter xlwt zeep freezegun magic passlib decorator'

export const STACK_PACKAGES: readonly string[] = [
  'postgresql',
  'python3',
  'fonts-dejavu-core',
  ...PYTHON.split(' ').map((name) => `python3-${name}`),
  '?python3-lxml-html-clean',
]

/** Without these Odoo skips its browser tests silently. Any Chromium on PATH will do. */
export async function testPackages(): Promise<readonly string[]> {
  const found = await run('sh', ['-c', 'command -v chromium || command -v google-chrome'], { allowFailure: true })
  return found.code === 0 ? ['python3-websocket'] : ['python3-websocket', 'chromium']
}

export const isRoot = () => process.getuid?.() === 0

export function isDebian(): boolean {
  if (!existsSync('/etc/os-release')) return false
  return /^ID=("?)debian\1$/m.test(readFileSync('/etc/os-release', 'utf8'))
}

export function requireDebian(): void {
  if (isDebian()) return
  throw new StackError(
    'This machine is not Debian, and the stack takes Odoo, Python and PostgreSQL from Debian packages.',
    'run `docker compose up` instead: it brings the same up from official images',
  )
}

async function installedAmong(names: readonly string[]): Promise<Set<string>> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own format, not ours
  const asked = await run('dpkg-query', ['-W', '-f', '${db:Status-Abbrev}\t${Package}\n', ...names], {
    allowFailure: true,
  })
  const lines = asked.out.split('\n').filter((line) => line.startsWith('ii'))
  return new Set(lines.map((line) => line.split('\t')[1] ?? ''))
}

async function availableAmong(names: readonly string[]): Promise<Set<string>> {
  const asked = await run('apt-cache', ['policy', ...names], { env: { ...process.env, LC_ALL: 'C' } })
  const found = asked.out.matchAll(/^(\S+):\n\s+Installed: .*\n\s+Candidate: (.+)$/gm)
  return new Set([...found].filter((match) => match[2] !== '(none)').map((match) => match[1] ?? ''))
}

const choices = (wish: string) => wish.replace('?', '').split('|')

/** One name per wish that nothing installed satisfies; `null` names a wish that no known package satisfies. */
async function missing(wishes: readonly string[]): Promise<readonly (string | null)[]> {
  const installed = await installedAmong(wishes.flatMap(choices))
  const open = wishes.filter((wish) => !choices(wish).some((name) => installed.has(name)))
  if (open.length === 0) return []
  const available = await availableAmong(open.flatMap(choices))
  return open
    .map((wish) => choices(wish).find((name) => available.has(name)) ?? (wish.startsWith('?') ? '' : null))
    .filter((name) => name !== '')
}

const APT_ENV = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' }
const INSTALL = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300']

async function update(): Promise<void> {
  await run('apt-get', ['update'], { env: APT_ENV, hint: 'check the network and the sources in /etc/apt' })
}

/** Installs what is missing when we are root; else says the one line that does. Answers what was installed. */
export async function ensurePackages(wishes: readonly string[]): Promise<readonly string[]> {
  let names = await missing(wishes)
  if (names.length === 0) return []
  if (!isRoot()) throw needsRoot(names)
  if (names.includes(null)) {
    await update()
    names = await missing(wishes)
  }
  const known = names.filter((name) => name !== null)
  if (known.length < names.length) throw unknownPackages()
  const first = await run('apt-get', [...INSTALL, ...known], { env: APT_ENV, allowFailure: true })
  // an old package index names files that the mirror no longer has
  if (first.code !== 0) {
    await update()
    await run('apt-get', [...INSTALL, ...known], { env: APT_ENV, hint: 'try the apt-get line by hand' })
  }
  return known
}

function needsRoot(names: readonly (string | null)[]): StackError {
  const known = names.filter((name) => name !== null).join(' ')
  const stale = names.includes(null) ? 'sudo apt-get update; ' : ''
  return new StackError(
    'Packages are missing, and installing them needs root.',
    `run this one line, then try again:\n\n  ${stale}sudo apt-get install -y --no-install-recommends ${known}`,
  )
}

function unknownPackages(): StackError {
  return new StackError(
    "Some packages are in none of this machine's apt sources.",
    'check that /etc/apt names the main archive of Debian 12 or newer, or run `docker compose up` instead',
  )
}
