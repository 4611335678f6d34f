/**
 * The breaker of one shop: a shop that is down is asked by one caller now and then, instead of by all who wait.
 *
 *   closed --FAILURES in a row--> open --pause over, one is let through--> half-open --ok--> closed
 *                                   ^                                         |
 *                                   '---------- failed: a longer pause -------'
 */

export type Breaker =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly until: number; readonly pause: number }
  | { readonly state: 'half-open'; readonly until: number; readonly pause: number }

export const FAILURES = 5
const FIRST_PAUSE_MS = 2_000
const LAST_PAUSE_MS = 60_000
/** Whoever was let through and never came back (a crash, a stop) must not close the shop for ever. */
const TRIAL_MS = 60_000

export const CLOSED: Breaker = { state: 'closed', failures: 0 }

/** May one call go out? When not, `retryAt` says when to ask again. */
export function admit(
  breaker: Breaker,
  now: number,
): { readonly breaker: Breaker; readonly admitted: true } | { readonly admitted: false; readonly retryAt: number } {
  if (breaker.state === 'closed') return { admitted: true, breaker }
  if (now < breaker.until) return { admitted: false, retryAt: breaker.until }
  return { admitted: true, breaker: { state: 'half-open', until: now + TRIAL_MS, pause: breaker.pause } }
}

/** Any answer of the shop, a refusal too, shows that it is there. */
export function succeeded(breaker: Breaker): Breaker {
  // a slow answer to a call from before the break proves nothing about now
  return breaker.state === 'open' ? breaker : CLOSED
}

export function failed(breaker: Breaker, now: number): Breaker {
  if (breaker.state === 'open') return breaker
  if (breaker.state === 'half-open') return opened(now, Math.min(LAST_PAUSE_MS, breaker.pause * 2))
  const failures = breaker.failures + 1
  return failures < FAILURES ? { state: 'closed', failures } : opened(now, FIRST_PAUSE_MS)
}

function opened(now: number, pause: number): Breaker {
  return { state: 'open', until: now + pause, pause }
}
