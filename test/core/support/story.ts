/** Draws stories, tells one, and finds the shortest that still goes wrong. */
import { type Chance, chance } from './chance.ts'
import { STEPS, type Step } from './steps.ts'
import { World, type WorldOptions } from './world.ts'

export function storyOf(seed: number, without: readonly Step['kind'][] = []): readonly Step[] {
  const dice = chance(seed)
  const kinds = STEPS.filter((kind) => !without.includes(kind))
  return Array.from({ length: 6 + dice.below(36) }, () => ({ kind: pickOf(kinds, dice), pick: dice.below(12) }))
}

function pickOf<T>(items: readonly T[], dice: Chance): T {
  const item = items[dice.below(items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

export function play(options: WorldOptions, steps: readonly Step[]): World {
  const world = new World(options)
  for (const step of steps) world.take(step)
  world.rest()
  return world
}

type Law = (world: World) => string | null

/** What is wrong after this story, or null. */
export function verdict(options: WorldOptions, steps: readonly Step[], law: Law): string | null {
  const world = play(options, steps)
  return world.wrongs[0] ?? law(world)
}

/** Leaves out steps as long as it still goes wrong. */
export function shortest(options: WorldOptions, steps: readonly Step[], law: Law): readonly Step[] {
  for (const [at] of steps.entries()) {
    const fewer = steps.toSpliced(at, 1)
    if (verdict(options, fewer, law) !== null) return shortest(options, fewer, law)
  }
  return steps
}

/** The first story that breaks the law, as a person can read it; null when none does. */
export function firstWrong(
  options: WorldOptions,
  seeds: Iterable<number>,
  law: Law,
  without: readonly Step['kind'][] = [],
): string | null {
  for (const seed of seeds) {
    const steps = storyOf(seed, without)
    if (verdict(options, steps, law) === null) continue
    const short = shortest(options, steps, law)
    const world = play(options, short)
    return [`seed ${seed}: ${verdict(options, short, law)}`, ...world.told].join('\n  ')
  }
  return null
}

export function* range(from: number, count: number): Generator<number> {
  for (let seed = from; seed < from + count; seed += 1) yield seed
}
