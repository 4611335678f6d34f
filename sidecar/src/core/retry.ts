/**
 * When to try again. Clock and chance are handed in, so a test needs no timer.
 *
 *   rate-limited  as the shop asks, never sooner; it says so rarely, then as transient
 *   transient     1 s, 2 s, 4 s ... 5 min; after about three days a visible failure that a person can replay
 *   unknown       0.5 s, 2 s, 8 s, then as transient: first settle soon what may already have happened
 */

export type RetryKind = 'rate-limited' | 'transient' | 'unknown'

export interface RetryInput {
  /** Attempts that have ended so far, 1 or more. */
  readonly attempt: number
  readonly kind: RetryKind
  readonly retryAfterMs?: number | undefined
  readonly now: number
  /** 0..1 */
  readonly random: number
}

const SECOND = 1_000
const FIRST_MS = SECOND
const LAST_MS = 300 * SECOND
const UNKNOWN_MS = [500, 2 * SECOND, 8 * SECOND]
const PATIENCE_MS = 3 * 24 * 3600 * SECOND
/** A shop that asks for more than a day has a typing error, or wants a person. */
const LONGEST_PAUSE_MS = 24 * 3600 * SECOND
/** Those that were told the same moment should not come back in the same moment. */
const SPREAD_MS = SECOND

export function nextAttempt(input: RetryInput): number | 'give-up' {
  if (input.attempt >= LAST_ATTEMPT) return 'give-up'
  const chance = Math.min(1, Math.max(0, input.random))
  const asked = input.kind === 'rate-limited' ? pauseAsked(input.retryAfterMs) : null
  if (asked !== null) return input.now + asked + Math.round(chance * SPREAD_MS)
  // full jitter: any time up to the ceiling, so that a thousand links do not knock together
  return input.now + Math.round(chance * ceiling(input.kind, input.attempt))
}

/** The longest wait after this attempt. */
export function ceiling(kind: RetryKind, attempt: number): number {
  const number = Math.max(1, attempt)
  const soon = kind === 'unknown' ? UNKNOWN_MS[number - 1] : undefined
  return soon ?? Math.min(LAST_MS, FIRST_MS * 2 ** (number - 1))
}

/** Header values are read by others; a wrong one must not stop the line or start a storm. */
function pauseAsked(retryAfterMs: number | undefined): number | null {
  if (retryAfterMs === undefined || !Number.isFinite(retryAfterMs) || retryAfterMs <= 0) return null
  return Math.min(retryAfterMs, LONGEST_PAUSE_MS)
}

/** Counted in attempts, not by the clock: time in which we ourselves were switched off is not the shop's fault. */
export const LAST_ATTEMPT = attemptsIn(PATIENCE_MS)

function attemptsIn(patience: number): number {
  let attempt = 0
  // full jitter waits half the ceiling on average
  for (let waited = 0; waited < patience; waited += ceiling('transient', attempt) / 2) attempt += 1
  return attempt
}
