/** Only one command at a time makes or unmakes a stack. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { stackDir } from './paths.ts'
import { bornOf } from './processes.ts'
import { StackError } from './report.ts'

const noteSchema = z.object({ pid: z.number().int(), born: z.string() })

const file = () => join(stackDir(), 'busy.json')

/** The process that is at work on this stack, or null. A note of a process that is gone means nothing. */
function atWork(): number | null {
  if (!existsSync(file())) return null
  const note = noteSchema.safeParse(JSON.parse(readFileSync(file(), 'utf8')))
  return note.success && bornOf(note.data.pid) === note.data.born ? note.data.pid : null
}

export function refuseWhenBusy(): void {
  const other = atWork()
  if (other === null || other === process.pid) return
  throw new StackError(
    `Process ${other} is already at work on this stack.`,
    'wait for it or end it; STACK_DIR=<folder> makes a second stack beside it',
  )
}

export async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  refuseWhenBusy()
  writeFileSync(file(), JSON.stringify({ pid: process.pid, born: bornOf(process.pid) ?? '' }))
  try {
    return await work()
  } finally {
    rmSync(file(), { force: true })
  }
}
