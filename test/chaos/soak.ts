/**
 * `npm run soak [-- --minutes 10]`: kill runs on a good and on a bad day in turn, each with another seed, until the time is
 * up; then random stories on the whole sidecar with a model of Odoo; then the negative controls, which have to fail.
 */
import { parseArgs } from 'node:util'
import { repo } from '../stack/paths.ts'
import { run } from '../stack/shell.ts'
import { badDay } from './faults.ts'
import { type KillResult, killRun } from './kill.ts'
import { PATCHES, withPatch } from './negative.ts'
import { onOwnStack, tellResult } from './own-stack.ts'
import type { World } from './world.ts'

const USUAL_MINUTES = 10
const CHANGES = 200
const KILLS = 20
const WORLDS_PER_MINUTE = 100
/** Chance may spare a patched sidecar once; it does not spare it so often. */
const NEGATIVE_TRIES = 3

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } })
const minutes = Number(values.minutes ?? USUAL_MINUTES)
const firstSeed = Number(values.seed ?? process.env.CHAOS_SEED ?? Date.now() % 1_000_000)

await onOwnStack('.stack/soak', async (world) => {
  const problems = [...(await killRuns(world)), ...(await randomStories()), ...(await negativeControls(world))]
  for (const problem of problems) console.log(problem)
  console.log(problems.length === 0 ? 'soak: all laws held, and every negative control was caught' : 'soak: failed')
  return problems.length === 0 ? 0 : 1
})

async function killRuns(world: World): Promise<readonly string[]> {
  const end = Date.now() + minutes * 60_000
  const failed: string[] = []
  for (let seed = firstSeed; seed === firstSeed || Date.now() < end; seed += 1) {
    const bad = (seed - firstSeed) % 2 === 1
    const result = await oneRun(world, seed, bad)
    tellResult(bad ? 'bad day' : 'good day', result)
    if (result.violations.length > 0) failed.push(`CHAOS_SEED=${seed} on a ${bad ? 'bad' : 'good'} day: see above`)
  }
  return failed
}

function oneRun(world: World, seed: number, bad: boolean): Promise<KillResult> {
  const weather = bad ? { weather: badDay(world, seed) } : {}
  return killRun(world, { seed, changes: CHANGES, kills: KILLS, victims: ['sidecar'], patienceMs: 300_000, ...weather })
}

async function randomStories(): Promise<readonly string[]> {
  const runs = Math.max(100, Math.round(minutes * WORLDS_PER_MINUTE))
  const env = { ...process.env, WORLD_RUNS: String(runs), WORLD_SEED: String(firstSeed) }
  const result = await run('npx', ['vitest', 'run', 'test/flows/worlds.test.ts'], {
    cwd: repo,
    env,
    allowFailure: true,
  })
  console.log(`random stories: ${runs} from seed ${firstSeed}, ${result.code === 0 ? 'all ended well' : 'failed'}`)
  return result.code === 0 ? [] : [`${result.out}\n${result.err}`.slice(-3_000)]
}

async function negativeControls(world: World): Promise<readonly string[]> {
  const missed: string[] = []
  for (const patch of PATCHES) {
    const caught = await withPatch(patch, () => isCaught(world))
    console.log(`negative control "${patch.name}": ${caught === null ? 'NOT CAUGHT' : `caught: ${caught}`}`)
    if (caught === null) missed.push(`the ledger did not notice that ${patch.name}`)
  }
  return missed
}

/** The first violation that the ledger found. Without kills the patched sidecar has to work: only a crash may show the hole. */
async function isCaught(world: World): Promise<string | null> {
  const calm = await patchedRun(world, 0, 30)
  if (calm[0]) throw new Error(`the patch breaks more than it should: ${calm[0]}`)
  for (let number = 1; number <= NEGATIVE_TRIES; number += 1) {
    const [first] = await patchedRun(world, number, 100)
    if (first) return first
  }
  return null
}

async function patchedRun(world: World, number: number, changes: number): Promise<readonly string[]> {
  const kills = number === 0 ? 0 : KILLS
  const seed = firstSeed + 1_000 + number
  return (await killRun(world, { seed, changes, kills, victims: ['sidecar'], patienceMs: 45_000 })).violations
}
