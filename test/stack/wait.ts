import { setTimeout as sleep } from 'node:timers/promises'
import { StackError } from './report.ts'

/** Asks until there is an answer. */
export async function until<T>(what: string, patienceMs: number, ask: () => Promise<T | null>): Promise<T> {
  const end = Date.now() + patienceMs
  for (;;) {
    const answer = await ask()
    if (answer !== null) return answer
    if (Date.now() > end) {
      throw new StackError(`Waited ${patienceMs / 1000} s in vain: ${what}.`, 'read the logs in .stack/logs')
    }
    await sleep(150)
  }
}
