/**
 * The long-running parts of a stack: started in a session of their own (a Ctrl-C in the terminal must not hit them before
 * we stop them in order), remembered in `.stack/processes.json`, and stopped by id only after checking that the id still
 * belongs to what we started.
 */
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { logFile, stackDir } from './paths.ts'
import { StackError, tail } from './report.ts'
import { refuseWhenStopping } from './shell.ts'

export const PARTS = ['postgres', 'cartona', 'odoo', 'sidecar'] as const
export type PartName = (typeof PARTS)[number]

const partSchema = z.object({
  command: z.string(),
  args: z.array(z.string()),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
  stopSignal: z.enum(['SIGTERM', 'SIGINT']),
  pid: z.number().int(),
  /** The kernel's start time of the process: a re-used id has another one. */
  born: z.string(),
})
export type Part = z.infer<typeof partSchema>
export type PartSpec = Omit<Part, 'pid' | 'born'>

const fileSchema = z.partialRecord(z.enum(PARTS), partSchema)

const file = () => join(stackDir(), 'processes.json')

export function parts(): Partial<Record<PartName, Part>> {
  if (!existsSync(file())) return {}
  return fileSchema.parse(JSON.parse(readFileSync(file(), 'utf8')))
}

function remember(name: PartName, part: Part): void {
  const text = JSON.stringify({ ...parts(), [name]: part }, null, 2)
  // readable by its owner only: the environment of the parts holds tokens
  writeFileSync(`${file()}.new`, text, { mode: 0o600 })
  renameSync(`${file()}.new`, file())
}

/** The kernel's start time of a process, or null when it is gone. */
export function bornOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // a killed process whose other threads are still ending holds its port: it is gone when its last thread is
    const ended = fields[0] === 'Z' && readdirSync(`/proc/${pid}/task`).length <= 1
    return ended ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}

export function isRunning(name: PartName): boolean {
  const part = parts()[name]
  return part !== undefined && bornOf(part.pid) === part.born
}

/** Starts a part and remembers how, so that `startPart` can do it again. */
export function launch(name: PartName, spec: PartSpec): void {
  refuseWhenStopping()
  const log = openSync(logFile(name), 'a')
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.on('error', () => undefined)
  child.unref()
  const born = child.pid === undefined ? null : bornOf(child.pid)
  if (child.pid === undefined || born === null) {
    throw new StackError(`${name} could not be started (${spec.command}).`, 'see its log', logFile(name))
  }
  remember(name, { ...spec, pid: child.pid, born })
}

/** Starts a stopped part exactly as it was started before. Does nothing when it runs. */
export function startPart(name: PartName): void {
  if (isRunning(name)) return
  const part = parts()[name]
  if (!part) throw new StackError(`${name} was never started in this stack.`, 'run `npm run stack -- up` first')
  const { pid: _pid, born: _born, ...spec } = part
  launch(name, spec)
}

/** Stops a part: its own signal first, and only if it does not go, SIGKILL for it and what it started. */
export async function stopPart(name: PartName, options: { hard?: boolean; patienceMs?: number } = {}): Promise<void> {
  const part = parts()[name]
  if (!part || !isRunning(name)) return
  if (options.hard) return killHard(name, part.pid)
  signal(part.pid, part.stopSignal)
  if (await gone(name, options.patienceMs ?? 20_000)) return
  await killHard(name, part.pid)
}

async function killHard(name: PartName, pid: number): Promise<void> {
  signal(-pid, 'SIGKILL')
  await gone(name, 5_000)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // it ended by itself in the meantime
  }
}

async function gone(name: PartName, patienceMs: number): Promise<boolean> {
  const until = Date.now() + patienceMs
  while (isRunning(name) && Date.now() < until) await sleep(50)
  return !isRunning(name)
}

/** Waits until `probe` answers true; fails at once when the part has ended. */
export async function ready(name: PartName, probe: () => Promise<boolean>, patienceMs: number): Promise<void> {
  const until = Date.now() + patienceMs
  while (Date.now() < until) {
    const answered = await probe()
    // something else may answer where our own could not begin to listen
    if (answered && isRunning(name)) return
    if (!isRunning(name)) throw endedEarly(name)
    await sleep(100)
  }
  throw new StackError(`${name} did not answer within ${patienceMs / 1000} s.`, 'read its log', logFile(name))
}

function endedEarly(name: PartName): StackError {
  const log = logFile(name)
  const clash = /EADDRINUSE|Address already in use/.test(tail(log))
  const hint = clash ? 'another program took its port in this moment: run it again' : 'read its log'
  return new StackError(`${name} ended while it was starting.`, hint, log)
}

export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000), redirect: 'manual' })
    await response.arrayBuffer()
    return response.status < 400
  } catch {
    return false
  }
}
