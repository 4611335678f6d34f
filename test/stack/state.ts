/**
 * What tests, benchmarks and people need to reach a running stack: `.stack/state.json`, written by `up` and `start`.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { stackDir } from './paths.ts'
import { StackError } from './report.ts'

const stateSchema = z.object({
  odoo: z.object({
    url: z.string(),
    db: z.string(),
    login: z.string(),
    password: z.string(),
    version: z.string(),
  }),
  sidecar: z.object({ url: z.string(), adminToken: z.string() }),
  marketplaces: z.object({ cartona: z.object({ url: z.string() }) }),
})
export type StackState = z.infer<typeof stateSchema>

const file = () => join(stackDir(), 'state.json')

export function hasState(): boolean {
  return existsSync(file())
}

/** The running stack of this checkout (of `STACK_DIR`, when it is set). */
export function readState(): StackState {
  if (!hasState()) throw new StackError('No stack is up in this checkout.', 'run `npm run stack -- up` first')
  return stateSchema.parse(JSON.parse(readFileSync(file(), 'utf8')))
}

export function writeState(state: StackState): void {
  writeFileSync(`${file()}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file()}.new`, file())
}
