import { describe, expect, it } from 'vitest'
import { seeded } from '../bench/random.ts'
import { controlProblem, interleaved, interval, median, pairedRatio, quantile } from '../bench/stats.ts'
import { lineOf, type Outcome, verdictOf } from '../bench/verdict.ts'

/** Normal noise, so that a test can make two series that differ by a known factor. */
function noise(chance: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())
}

function pairs(n: number, factor: number, seed = 7) {
  const chance = seeded(seed)
  return Array.from({ length: n }, (_, index) => {
    // the machine grows slower by half while we measure: pairs must not care
    const drift = 1 + index / (2 * n)
    const call = () => 40 * drift * (1 + 0.02 * noise(chance))
    return { measured: call() * factor, base: call() }
  })
}

describe('quantiles', () => {
  it('of an even number of values lie between the two in the middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('reach from the smallest to the largest, whatever the order', () => {
    expect([quantile([9, 1, 5], 0), quantile([9, 1, 5], 1)]).toEqual([1, 9])
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20)
  })

  it('leave the measured series as it was', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
  })

  it('of nothing are an error and not NaN', () => {
    expect(() => median([])).toThrow(RangeError)
  })
})

describe('the chance', () => {
  it('repeats with its seed and differs with another', () => {
    const three = (seed: number) => Array.from({ length: 3 }, seeded(seed))
    expect(three(5)).toEqual(three(5))
    expect(three(5)).not.toEqual(three(6))
  })

  it('spreads evenly between 0 and 1', () => {
    const values = Array.from({ length: 20_000 }, seeded(11))
    const counts = Array.from({ length: 10 }, (_, tenth) => values.filter((v) => Math.floor(v * 10) === tenth).length)
    expect(Math.min(...counts)).toBeGreaterThan(1_800)
    expect(Math.max(...counts)).toBeLessThan(2_200)
  })
})

describe('the paired ratio', () => {
  it('finds a cost of 3 % on a machine that drifts by 50 %', () => {
    const found = pairedRatio(pairs(400, 1.03))
    expect(found.value).toBeCloseTo(1.03, 2)
    expect(found.low).toBeGreaterThan(1.02)
    expect(found.high).toBeLessThan(1.04)
  })

  it('calls two equal things equal', () => {
    const found = pairedRatio(pairs(400, 1))
    expect(found.low).toBeLessThan(1)
    expect(found.high).toBeGreaterThan(1)
  })

  it('is not moved by single stalls', () => {
    const stalled = pairs(400, 1).map((pair, index) => (index % 50 === 0 ? { ...pair, measured: 5_000 } : pair))
    expect(pairedRatio(stalled).value).toBeCloseTo(1, 2)
  })

  it('is the same when asked again', () => {
    expect(pairedRatio(pairs(50, 1))).toEqual(pairedRatio(pairs(50, 1)))
  })

  it('has a 95 % interval that holds the truth about 95 times in 100', () => {
    const held = Array.from({ length: 100 }, (_, seed) => pairedRatio(pairs(60, 1, seed + 1))).filter(
      ({ low, high }) => low <= 1 && high >= 1,
    )
    expect(held.length).toBeGreaterThanOrEqual(88)
    expect(held.length).toBeLessThan(100)
  })
})

describe('the interval', () => {
  it('of values that are all the same has no width', () => {
    expect(interval([3, 3, 3], median)).toEqual({ value: 3, low: 3, high: 3, n: 3 })
  })
})

describe('the control', () => {
  const ratio = (value: number) => ({ value, low: value, high: value, n: 300 })

  it('holds up to its tolerance and names the difference beyond it', () => {
    expect(controlProblem(ratio(0.991), 0.01)).toBeNull()
    expect(controlProblem(ratio(1.013), 0.01)).toContain('1.30 %')
    expect(controlProblem(ratio(0.98), 0.01)).not.toBeNull()
  })

  it('of one series is dealt out in turn, so that both halves saw the same minutes', () => {
    expect(interleaved([1, 2, 3, 4, 5])).toEqual([
      [1, 3, 5],
      [2, 4],
    ])
  })
})

describe('a verdict', () => {
  const outcome = (measured: number, control: number): Outcome => ({
    goal: 'G1',
    checks: [{ what: 'up', measured, limit: 1.01, unit: 'ratio' }],
    controls: [{ what: 'plain', ratio: { value: control, low: control, high: control, n: 300 }, tolerance: 0.01 }],
    figures: {},
  })

  it('is pass at the limit and fail above it', () => {
    expect(verdictOf(outcome(1.01, 1))).toBe('pass')
    expect(verdictOf(outcome(1.0101, 1))).toBe('fail')
  })

  it('is refused when the control is off, however good the figure looks', () => {
    expect(verdictOf(outcome(0.9, 1.02))).toBe('no verdict')
  })

  it('is refused when nothing was measured', () => {
    expect(verdictOf({ ...outcome(1, 1), checks: [] })).toBe('no verdict')
  })

  it('fails when one of several checks does', () => {
    const two = outcome(1, 1)
    const second = { what: 'p99', measured: 26, limit: 25, unit: 'ms' } as const
    expect(verdictOf({ ...two, checks: [...two.checks, second] })).toBe('fail')
  })

  it('reads as one line: goal, verdict, measured, goal', () => {
    expect(lineOf(outcome(1.002, 1))).toBe('G1 pass up 1.0020 (goal <= 1.0100)')
  })
})
