/** Runs one command to its end. */
import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { StackError } from './report.ts'

export interface RunOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly input?: string
  /** Everything the command says is also written here. */
  readonly log?: string
  readonly hint?: string
  /** Answer instead of throwing when the exit code is not 0. */
  readonly allowFailure?: boolean
}

export interface RunResult {
  readonly code: number
  readonly out: string
  readonly err: string
}

export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  refuseWhenStopping()
  const result = await spawned(command, args, options)
  if (result.code !== 0 && !options.allowFailure) {
    const said = `${result.out}\n${result.err}`.trim().split('\n').slice(-20).join('\n')
    throw new StackError(
      `${command} ${args.slice(0, 4).join(' ')} ... failed with exit code ${result.code}:\n${said}`,
      options.hint ?? 'read the lines above; then run the same command again',
      options.log ?? null,
    )
  }
  return result
}

function spawned(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return new Promise((settle, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: 'pipe' })
    children.add(child.pid ?? 0)
    let out = ''
    let err = ''
    const keep = (text: string) => (options.log ? appendFileSync(options.log, text) : undefined)
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      keep(text)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text
      keep(text)
    })
    child.on('error', (error) =>
      reject(new StackError(`${command} could not start: ${error.message}`, notFound(command))),
    )
    child.on('close', (code) => {
      children.delete(child.pid ?? 0)
      settle({ code: code ?? 1, out, err })
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input ?? '')
  })
}

const notFound = (command: string) => `is ${command} installed and on PATH?`

const children = new Set<number>()
let stopping = false

/** After a Ctrl-C nothing new is begun. */
export function refuseWhenStopping(): void {
  if (stopping) throw new StackError('Interrupted.', 'run it again')
}

/** On Ctrl-C: commands that are still running must not outlive us. */
export function killRunning(): void {
  stopping = true
  for (const pid of children) {
    try {
      if (pid > 0) process.kill(pid, 'SIGTERM')
    } catch {
      // it ended by itself in the meantime
    }
  }
}
