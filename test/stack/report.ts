/** What a person sees while the stack works: names and times, and on failure what to do. */
import { existsSync, readFileSync } from 'node:fs'

/** A failure with a sentence about what to do next. */
export class StackError extends Error {
  readonly hint: string
  readonly log: string | null

  constructor(problem: string, hint: string, log: string | null = null) {
    super(problem)
    this.name = 'StackError'
    this.hint = hint
    this.log = log
  }
}

export function tail(file: string, lines = 25): string {
  if (!existsSync(file)) return ''
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

const lineOf = (mark: string, name: string, ms: number) => `${mark} ${name.padEnd(58)} ${seconds(ms).padStart(8)}`

let plain = false

/** Several steps run side by side: no line is overwritten. */
export function plainOutput(): void {
  plain = true
}

/** On a terminal the running step is shown and then overwritten; elsewhere one line per finished step. */
export async function step<T>(name: string, run: () => Promise<T>): Promise<T> {
  const live = process.stdout.isTTY === true && !plain
  const began = Date.now()
  if (live) process.stdout.write(`  ${name} ...`)
  const wipe = () => (live ? process.stdout.write('\r\u001b[K') : false)
  try {
    const result = await run()
    wipe()
    say(lineOf('ok  ', name, Date.now() - began))
    return result
  } catch (error) {
    wipe()
    say(lineOf('FAIL', name, Date.now() - began))
    throw error
  }
}

/** Prints a failure so that a person can act on it. */
export function explain(error: unknown): void {
  if (!(error instanceof StackError)) {
    process.stderr.write(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    return
  }
  process.stderr.write(`\n${error.message}\n`)
  if (error.log) process.stderr.write(`\nThe last lines of ${error.log}:\n${tail(error.log)}\n`)
  process.stderr.write(`\nWhat to do: ${error.hint}\n`)
}

export function box(lines: readonly string[]): void {
  const width = Math.max(...lines.map((line) => line.length))
  const edge = `+${'-'.repeat(width + 2)}+`
  say(['', edge, ...lines.map((line) => `| ${line.padEnd(width)} |`), edge, ''].join('\n'))
}
