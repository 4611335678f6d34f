/** A small seeded generator (mulberry32): the same seed tells the same story on every machine. */
export interface Chance {
  /** 0 <= x < 1 */
  next(): number
  /** 0 .. below-1 */
  below(limit: number): number
}

export function chance(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { next, below: (limit) => Math.floor(next() * limit) }
}

export function shuffled<T>(items: readonly T[], { below }: Chance): T[] {
  const left = [...items]
  return items.flatMap(() => left.splice(below(left.length), 1))
}
