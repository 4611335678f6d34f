/**
 * The short share of the kill runs, against the stack that is up. `CHAOS_SEED=<seed>` draws the same stories and kills
 * again.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPart } from '../stack/processes.ts'
import { type KillResult, killRun } from './kill.ts'
import { openWorld } from './world.ts'

const CHANGES = 200
const KILLS = 20
/** At most two requests are under way at a shop; a third may be answered and not yet noted. */
const REPEATS_PER_KILL = 3

describe('kill -9 of the sidecar at twenty moments of 200 changes on both sides', () => {
  const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000)
  const again = `CHAOS_SEED=${seed}`
  let result: KillResult

  beforeAll(async () => {
    console.log(again)
    result = await killRun(await openWorld(), { seed, changes: CHANGES, kills: KILLS, victims: ['sidecar'] })
    console.log(JSON.stringify({ ...result, violations: result.violations.length }))
  }, 600_000)

  afterAll(() => startPart('sidecar'))

  it('makes all the changes that it set out to make', () => {
    expect(result.changes, again).toBeGreaterThanOrEqual(CHANGES)
  })

  it('loses nothing, doubles nothing, and leaves both sides in agreement or one question open', () => {
    expect(result.violations, again).toEqual([])
  })

  it('asks the shop again only for what a kill left unknown', () => {
    expect(result.repeats, again).toBeLessThanOrEqual(KILLS * REPEATS_PER_KILL)
  })
})
