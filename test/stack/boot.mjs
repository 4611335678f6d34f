/**
 * The first thing that runs on a fresh clone: plain Node, no dependency. It makes sure that node_modules fits the lock
 * file, then hands over to cli.ts in the same process, so that signals and the exit code need no passing on.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const repo = resolve(fileURLToPath(import.meta.url), '../../..')

function fail(problem, whatToDo) {
  process.stderr.write(`\n${problem}\n${whatToDo}\n`)
  process.exit(1)
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(
    `Node ${process.versions.node} is too old.`,
    'Install Node 20.19 or newer (22 and 24 work too), then run this again.',
  )
}

const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null)

// better-sqlite3 is compiled for one Node version: another Node needs a fresh install
const abi = process.versions.modules
const abiNote = join(repo, 'node_modules', '.node-abi')

/** npm's own note of what it installed has to name every package of the lock file that this platform can use. */
function installed() {
  const present = read(join(repo, 'node_modules', '.package-lock.json'))
  if (!present) return false
  if (existsSync(abiNote) && readFileSync(abiNote, 'utf8') !== abi) return false
  const wanted = Object.entries(read(join(repo, 'package-lock.json')).packages).filter(([path]) => path !== '')
  return wanted.every(
    ([path, { version, optional }]) => (present.packages[path]?.version ?? (optional && version)) === version,
  )
}

/** Where a package has to be compiled, the headers that came with this Node save a download. */
function compileSettings() {
  const prefix = resolve(process.execPath, '../..')
  const headers = join(prefix, 'include/node/node_version.h')
  return existsSync(headers) ? { npm_config_nodedir: prefix, JOBS: 'max' } : { JOBS: 'max' }
}

function npmCi() {
  const options = { cwd: repo, env: { ...process.env, ...compileSettings() }, encoding: 'utf8', maxBuffer: 2 ** 26 }
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], options)
  const words = result.error ? result.error.message : `${result.stdout}${result.stderr}`.trim()
  return { ok: !result.error && result.status === 0, words }
}

const COMPILER = ['apt-get', 'install', '-y', '--no-install-recommends', 'g++', 'make', 'python3']

/** Where no ready binary of better-sqlite3 can be had, it is compiled; a bare machine has no compiler. */
function bringCompiler() {
  if (process.getuid?.() !== 0) return false
  process.stdout.write('npm packages: one has to be compiled, installing a compiler ...\n')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (args) => spawnSync('apt-get', args, { env }).status === 0
  return apt(COMPILER.slice(1)) || (apt(['update']) && apt(COMPILER.slice(1)))
}

function install() {
  const began = Date.now()
  process.stdout.write('npm packages: installing (npm ci) ...\n')
  let result = npmCi()
  if (!result.ok && /gyp/.test(result.words) && bringCompiler()) result = npmCi()
  if (!result.ok) {
    fail(
      `npm ci failed:\n${result.words.slice(0, 2000)}\n...\n${result.words.slice(-1000)}`,
      `Check the network and the registry (npm config get registry). Where it says gyp: sudo ${COMPILER.join(' ')}`,
    )
  }
  writeFileSync(abiNote, abi)
  const seconds = (Date.now() - began) / 1000
  process.env.STACK_INSTALL_SECONDS = seconds.toFixed(1)
  process.stdout.write(`npm packages: installed in ${seconds.toFixed(1)} s\n`)
}

checkNode()
if (!installed()) install()
const { register } = await import('tsx/esm/api')
register()
const { main } = await import('./cli.ts')
// a part that was interrupted half-way may still hold a timer or a socket
process.exit(await main(process.argv.slice(2)))
