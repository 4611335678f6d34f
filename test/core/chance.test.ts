/**
 * Stories drawn by chance, each to its rest: edits on both sides, news doubled, reordered and lost, answers lost,
 * persons answering. A failure prints its seed and the shortest story that still goes wrong.
 */
import { describe, expect, it } from 'vitest'
import { rules as memory } from '../../sidecar/src/connectors/memory/mapping.ts'
import { CARTONA, CARTONA_DELIVERED } from './support/facts.ts'
import { firstWrong, play, range, shortest, storyOf, verdict } from './support/story.ts'
import { startOf, type World, type WorldOptions } from './support/world.ts'

const RUNS = Number(process.env.CHANCE_RUNS ?? 2_000)
const FROM = Number(process.env.CHANCE_SEED ?? 1)
/** The longest way that a table has for us. */
const LONGEST = 3

const WORLDS: readonly (readonly [string, WorldOptions])[] = [
  ['cartona', { rules: CARTONA, start: startOf('pending', 'draft/none') }],
  ['cartona, from approved', { rules: CARTONA, start: startOf('approved', 'sale/ready') }],
  ['cartona, validation means delivered', { rules: CARTONA_DELIVERED, start: startOf('approved', 'sale/ready') }],
  ['cartona, delivered by the shop', { rules: CARTONA, start: startOf('pending', 'draft/none'), fulfilledBy: 'shop' }],
  ['memory', { rules: memory, start: startOf('new', 'draft/none') }],
]

const converges = (world: World) => (world.standing() === null ? 'at rest, and neither agreed nor asked' : null)
const noLoop = (world: World) =>
  world.writes > world.realChanges * LONGEST ? `${world.writes} writes for ${world.realChanges} changes` : null

/** After rest the whole past arrives once more, in disorder. */
function repeatsAreHarmless(world: World): string | null {
  const before = { writes: world.writes, applies: world.applies }
  world.air = [...world.history, ...world.history].reverse()
  world.rest()
  if (world.writes !== before.writes) return 'old news made us write'
  if (world.applies !== before.applies) return 'old news moved Odoo'
  return converges(world)
}

describe.each(WORLDS)('in the world of %s', (_name, options) => {
  it('both sides agree at rest, or a person sees why not', () => {
    expect(firstWrong(options, range(FROM, RUNS), converges)).toBeNull()
  })

  it('the same without anybody who excuses a difference', () => {
    expect(firstWrong(options, range(FROM, RUNS), converges, ['skip', 'answer'])).toBeNull()
  })

  it('no change makes more writes than the way has steps', () => {
    expect(firstWrong(options, range(FROM, RUNS), noLoop)).toBeNull()
  })

  it('the past arriving once more changes nothing', () => {
    // a question that a person answered in vain is asked anew at every look, whatever made us look
    expect(firstWrong(options, range(FROM, RUNS), repeatsAreHarmless, ['answer'])).toBeNull()
  })
})

describe('chance itself', () => {
  const [, options] = WORLDS[0] ?? []
  if (!options) throw new Error('no world')
  const worlds = [...range(1, 600)].map((seed) => play(options, storyOf(seed)))

  it('tells the same story for the same seed', () => {
    expect(play(options, storyOf(4711)).told).toEqual(play(options, storyOf(4711)).told)
  })

  it('comes to every kind of end', () => {
    const ends = new Set(worlds.map((world) => world.standing()))
    expect([...ends].sort()).toEqual(
      expect.arrayContaining(['a person sees it', 'both agree', 'Odoo says nothing to the shop']),
    )
    expect(worlds.filter((world) => world.writes > 1).length).toBeGreaterThan(15)
    expect(worlds.filter((world) => world.applies > 1).length).toBeGreaterThan(10)
  })

  it('finds a law that does not hold, and makes its story short', () => {
    const law = (world: World) => (world.writes > 0 ? 'something was written' : null)
    const steps = storyOf([...range(1, 100)].find((seed) => verdict(options, storyOf(seed), law) !== null) ?? 0)
    expect(shortest(options, steps, law).length).toBeLessThanOrEqual(3)
    expect(firstWrong(options, range(1, 100), law)).toMatch(/^seed \d+: something was written\n/)
  })
})
