/** From what was measured to one line per goal. A goal passes when all its checks do, and only if its controls hold. */
import { controlProblem, type Interval } from './stats.ts'

export type Verdict = 'pass' | 'fail' | 'no verdict'

/** Something that has to stay at or below a limit. */
export interface Check {
  readonly what: string
  readonly measured: number
  readonly limit: number
  readonly unit: 'ratio' | 'ms'
}

/** The same thing measured against itself, in the same run. */
export interface Control {
  readonly what: string
  readonly ratio: Interval
  readonly tolerance: number
}

export interface Outcome {
  readonly goal: string
  readonly checks: readonly Check[]
  readonly controls: readonly Control[]
  /** Further figures for a reader; they decide nothing. */
  readonly figures: Readonly<Record<string, unknown>>
}

export const holds = (check: Check): boolean => check.measured <= check.limit

export function problems(outcome: Outcome): readonly string[] {
  return outcome.controls.flatMap(({ what, ratio, tolerance }) => {
    const problem = controlProblem(ratio, tolerance)
    return problem === null ? [] : [`${what}: ${problem}`]
  })
}

export function verdictOf(outcome: Outcome): Verdict {
  if (outcome.checks.length === 0 || problems(outcome).length > 0) return 'no verdict'
  return outcome.checks.every(holds) ? 'pass' : 'fail'
}

/** `G1 pass without/with up p50 1.003, ... <= 1.01, ...` */
export function lineOf(outcome: Outcome): string {
  const measured = outcome.checks.map(({ what, measured, unit }) => `${what} ${shown(measured, unit)}`)
  const limits = outcome.checks.map(({ limit, unit }) => `<= ${shown(limit, unit)}`)
  return `${outcome.goal} ${verdictOf(outcome)} ${measured.join(', ')} (goal ${limits.join(', ')})`
}

export function shown(value: number, unit: Check['unit']): string {
  return unit === 'ms' ? `${value.toFixed(2)} ms` : value.toFixed(4)
}
