/**
 * Statistics of the bench. Pure: the same numbers always give the same answer, because the chance in it has a seed.
 *
 * Two things are compared in pairs that were measured right after each other, so that a machine which grows slower or
 * faster meanwhile hits both alike. The median of the pairs' ratios is the answer; one stalled call does not move it.
 */
import { seeded } from './random.ts'

export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly n: number
}

/** `base` is what the thing is compared with. */
export interface Pair {
  readonly measured: number
  readonly base: number
}

/** Linear between the two nearest ranks. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError('no values: nothing was measured')
  const sorted = [...values].sort((a, b) => a - b)
  const rank = (sorted.length - 1) * q
  const low = at(sorted, Math.floor(rank))
  return low + (at(sorted, Math.ceil(rank)) - low) * (rank - Math.floor(rank))
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

const RESAMPLES = 2_000

/** The 95 % interval of a statistic by resampling (percentile bootstrap). */
export function interval(
  values: readonly number[],
  statistic: (sample: readonly number[]) => number,
  seed = 1,
): Interval {
  const chance = seeded(seed)
  const found = Array.from({ length: RESAMPLES }, () => statistic(resampled(values, chance)))
  return {
    value: statistic(values),
    low: quantile(found, 0.025),
    high: quantile(found, 0.975),
    n: values.length,
  }
}

export function pairedRatio(pairs: readonly Pair[], seed = 1): Interval {
  return interval(
    pairs.map(({ measured, base }) => measured / base),
    median,
    seed,
  )
}

/** Null when the thing measured against itself came out as itself; else a sentence. */
export function controlProblem(control: Interval, tolerance: number): string | null {
  const off = Math.abs(control.value - 1)
  if (off <= tolerance) return null
  return `the same thing measured against itself differs by ${percent(off)}, more than ${percent(tolerance)}`
}

/** Deals a list out in turn: two series that lived through the same minutes. */
export function interleaved<T>(values: readonly T[]): readonly [readonly T[], readonly T[]] {
  return [values.filter((_, index) => index % 2 === 0), values.filter((_, index) => index % 2 === 1)]
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`

function resampled(values: readonly number[], chance: () => number): readonly number[] {
  return Array.from(values, () => at(values, Math.floor(chance() * values.length)))
}

function at(values: readonly number[], index: number): number {
  const value = values[index]
  if (value === undefined) throw new RangeError(`no value at ${index} of ${values.length}`)
  return value
}
