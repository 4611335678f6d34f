import { describe, expect, it } from 'vitest'
import { ceiling, LAST_ATTEMPT, nextAttempt, type RetryKind } from '../../sidecar/src/core/retry.ts'

const NOW = 1_000_000
const wait = (kind: RetryKind, attempt: number, random = 1, retryAfterMs?: number) => {
  const due = nextAttempt({ attempt, kind, now: NOW, random, retryAfterMs })
  return due === 'give-up' ? due : due - NOW
}

describe('after a failure', () => {
  it('the next try comes after 1, 2, 4 s and so on, and never later than 5 minutes', () => {
    expect([1, 2, 3, 4, 9, 10, 500].map((attempt) => wait('transient', attempt))).toEqual([
      1_000, 2_000, 4_000, 8_000, 256_000, 300_000, 300_000,
    ])
  })

  it('an unknown outcome is looked into after 0.5, 2 and 8 s, then as any other', () => {
    expect([1, 2, 3, 4, 5].map((attempt) => wait('unknown', attempt))).toEqual([500, 2_000, 8_000, 8_000, 16_000])
  })

  it('chance spreads the tries over the whole time', () => {
    expect([0, 0.25, 0.5, 1].map((random) => wait('transient', 3, random))).toEqual([0, 1_000, 2_000, 4_000])
  })

  it('chance outside 0..1 does not reach into the past or beyond the limit', () => {
    expect(wait('transient', 1, -5)).toBe(0)
    expect(wait('transient', 1, 7)).toBe(1_000)
  })

  it('after about three days it is a failure that a person sees and can replay', () => {
    let waited = 0
    for (let attempt = 1; attempt < LAST_ATTEMPT; attempt += 1) waited += ceiling('transient', attempt) / 2
    expect(waited / 86_400_000).toBeCloseTo(3, 1)
    expect(wait('transient', LAST_ATTEMPT - 1)).toBe(300_000)
    for (const kind of ['transient', 'unknown', 'rate-limited'] as const)
      expect(wait(kind, LAST_ATTEMPT)).toBe('give-up')
  })

  it('a strange attempt number is the first one', () => {
    expect(wait('transient', 0)).toBe(1_000)
    expect(wait('unknown', -3)).toBe(500)
  })
})

describe('a shop that asks us to slow down', () => {
  it('is asked never sooner than it said, and not by all at once', () => {
    expect(wait('rate-limited', 1, 0, 30_000)).toBe(30_000)
    expect(wait('rate-limited', 1, 1, 30_000)).toBe(31_000)
  })

  it('without a time is treated as any other failure', () => {
    for (const odd of [undefined, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(wait('rate-limited', 3, 1, odd)).toBe(4_000)
  })

  it('cannot send us away for longer than a day', () => {
    expect(wait('rate-limited', 1, 0, 1e12)).toBe(86_400_000)
  })

  it('is the only one whose time counts', () => {
    expect(wait('transient', 1, 1, 60_000)).toBe(1_000)
  })
})
