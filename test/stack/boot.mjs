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

function install() {
  const began = Date.now()
  process.stdout.write('npm packages: installing (npm ci) ...\n')
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: repo,
    env: { ...process.env, ...compileSettings() },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (result.error || result.status !== 0) {
    const words = result.error ? result.error.message : `${result.stdout}${result.stderr}`.trim()
    fail(
      `npm ci failed:\n${words.slice(0, 2000)}\n...\n${words.slice(-1000)}`,
      'Check the network and the registry (npm config get registry); a C++ compiler and make are needed where a package has no ready binary (apt-get install g++ make).',
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
