/**
 * `npm run chaos [-- --seed 7] [--changes 400] [--kills 60]`: the sidecar, Odoo and PostgreSQL are killed while people
 * work and the marketplace has a bad day. `CHAOS_SEED` or `--seed` draws the same stories, kills and faults again.
 */
import { parseArgs } from 'node:util'
import { badDay } from './faults.ts'
import { killRun } from './kill.ts'
import { onOwnStack, tellResult } from './own-stack.ts'

/** The sidecar three times as often: it starts in a second. */
const VICTIMS = ['sidecar', 'sidecar', 'sidecar', 'odoo', 'postgres'] as const
const PATIENCE_MS = 600_000

const { values } = parseArgs({
  options: { seed: { type: 'string' }, changes: { type: 'string' }, kills: { type: 'string' } },
})
const seed = Number(values.seed ?? process.env.CHAOS_SEED ?? Date.now() % 1_000_000)

await onOwnStack('.stack/chaos', async (world) => {
  console.log(`CHAOS_SEED=${seed}`)
  const result = await killRun(world, {
    seed,
    changes: Number(values.changes ?? 400),
    kills: Number(values.kills ?? 60),
    victims: VICTIMS,
    weather: badDay(world, seed),
    patienceMs: PATIENCE_MS,
  })
  tellResult('chaos', result)
  return result.violations.length === 0 ? 0 : 1
})
