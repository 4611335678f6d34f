/** `npm start` and `npm run stack -- <command>`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { refuseWhenBusy } from './busy.ts'
import { logFile, repo, stackDir } from './paths.ts'
import { isRunning, PARTS } from './processes.ts'
import { box, explain, StackError, say, seconds } from './report.ts'
import { killRunning } from './shell.ts'
import { smoke } from './smoke.ts'
import { bringDown, bringUp, isUp, reset, type UpOptions } from './stack.ts'
import { readState, type StackState } from './state.ts'
import { testEverything } from './test.ts'

const HELP = `npm start                       everything in the foreground; Ctrl-C stops it
npm run stack -- up             the same detached; writes .stack/state.json
npm run stack -- down           stops what up started
npm run stack -- status         what runs
npm run stack -- smoke          one status out, one in, then cleans up
npm run stack -- reset          stops, and forgets database and state
npm test                        the whole test run
options: --workers N (Odoo's worker processes), --fresh (a new database)
See test/stack/README.md for the environment variables.`

type Command = (options: UpOptions, rest: readonly string[]) => Promise<number>

const COMMANDS: Readonly<Record<string, Command>> = {
  start,
  up,
  down: async () => done(await bringDown(), 'stopped'),
  status,
  smoke: async () => done(await smoke(), 'smoke: both directions work'),
  reset: async () => done(await reset(), 'database and state are gone; the next start begins anew'),
  test: async () => untilSignal(testEverything),
  bench: (_, rest) => script('test/bench/run.ts', rest),
  soak: (_, rest) => script('test/chaos/soak.ts', rest),
  chaos: (_, rest) => script('test/chaos/chaos.ts', rest),
}

export async function main([name = 'help', ...rest]: readonly string[]): Promise<number> {
  const command = COMMANDS[name]
  if (!command) return done(undefined, HELP)
  try {
    return await command(optionsOf(rest), rest)
  } catch (error) {
    explain(error)
    return 1
  }
}

function optionsOf(args: readonly string[]): UpOptions {
  const options = { workers: { type: 'string' }, fresh: { type: 'boolean' } } as const
  const { values } = parseArgs({ args: [...args], options, strict: false })
  return { workers: Number(values.workers ?? 0), fresh: values.fresh === true }
}

function done(_: unknown, words: string): number {
  say(words)
  return 0
}

/** Runs until it ends or a signal asks to stop; everything this stack started is stopped in either case. */
async function untilSignal(work: () => Promise<number>): Promise<number> {
  const stop = stopSignal()
  const result = await Promise.race([work(), stop.then((signal) => signal)])
  if (typeof result === 'number') return result
  say(`\n${result}: stopping ...`)
  killRunning()
  await bringDown()
  return 128 + constants.signals[result]
}

/** npm ends without telling us: its shell dies, and we would go on alone. */
function parentGone(settle: (signal: NodeJS.Signals) => void): void {
  const parent = process.ppid
  if (!process.env.npm_lifecycle_event) return
  setInterval(() => (process.ppid === parent ? undefined : settle('SIGTERM')), 500).unref()
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((settle) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => settle(signal))
    parentGone(settle)
  })
}

async function start(options: UpOptions): Promise<number> {
  if (isUp()) {
    throw new StackError('A stack of this checkout is up already.', 'npm run stack -- status, or npm run stack -- down')
  }
  refuseWhenBusy()
  const began = Date.now()
  const stop = stopSignal()
  try {
    const state = await Promise.race([bringUp(options), stop.then(() => null)])
    if (state) {
      box([...addresses(state), '', `ready after ${seconds(Date.now() - began)}; Ctrl-C stops everything`])
      const watch = setInterval(tellOfEnded, 1000)
      await stop
      clearInterval(watch)
    }
  } finally {
    killRunning()
    await bringDown()
    say('stopped')
  }
  return 0
}

const ended = new Set<string>()

/** Tells a person once when a part has ended by itself; the others go on. */
function tellOfEnded(): void {
  for (const name of PARTS) {
    if (isRunning(name)) ended.delete(name)
    else if (!ended.has(name)) say(`${name} has ended; its log: ${logFile(name)}`)
    if (!isRunning(name)) ended.add(name)
  }
}

async function up(options: UpOptions): Promise<number> {
  if (isUp()) return done(box(addresses(readState())), 'it was up already')
  refuseWhenBusy()
  const began = Date.now()
  try {
    const result = await Promise.race([bringUp(options), stopSignal().then(() => null)])
    if (!result) throw new StackError('Interrupted.', 'run it again')
    box(addresses(result))
    return done(undefined, `up after ${seconds(Date.now() - began)}; npm run stack -- down stops it`)
  } catch (error) {
    killRunning()
    await bringDown()
    throw error
  }
}

function addresses({ odoo, sidecar, marketplaces }: StackState): string[] {
  return [
    `Odoo ${odoo.version}        ${odoo.url}   admin/admin, sales/sales, other/other (another company)`,
    `sidecar          ${sidecar.url}   ${sidecar.url}/health/ready`,
    `Cartona stand-in ${marketplaces.cartona.url}   a page where you play the retailer`,
    `logs             ${join(stackDir(), 'logs')}`,
  ]
}

async function status(): Promise<number> {
  for (const name of PARTS) say(`${name.padEnd(10)} ${isRunning(name) ? 'runs' : 'does not run'}`)
  if (!isUp()) {
    say('no stack is up')
    return 1
  }
  const state = readState()
  const health = await fetch(`${state.sidecar.url}/health/ready`)
  say(`sidecar ${health.ok ? 'is ready' : 'is not ready'}: ${await health.text()}`)
  return done(box(addresses(state)), 'up')
}

/** A command that another folder owns. */
async function script(path: string, rest: readonly string[]): Promise<number> {
  if (!existsSync(join(repo, path)))
    throw new StackError(`${path} does not exist in this checkout.`, 'update the checkout')
  const child = spawn(process.execPath, ['--import', 'tsx', join(repo, path), ...rest], { cwd: repo, stdio: 'inherit' })
  void stopSignal().then((signal) => child.kill(signal))
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 1
}
