import { describe, expect, it } from 'vitest'
import { admit, type Breaker, CLOSED, FAILURES, failed, succeeded } from '../../sidecar/src/core/breaker.ts'

const times = (count: number, from: Breaker, step: (breaker: Breaker) => Breaker) => {
  let breaker = from
  for (let done = 0; done < count; done += 1) breaker = step(breaker)
  return breaker
}
const broken = (now = 0) => times(FAILURES, CLOSED, (breaker) => failed(breaker, now))

/** Lets one call through at `now`; fails the test when it is not let through. */
function through(breaker: Breaker, now: number): Breaker {
  const answer = admit(breaker, now)
  if (!answer.admitted) throw new Error(`not admitted before ${answer.retryAt}`)
  return answer.breaker
}

describe('the breaker of a shop', () => {
  it('lets every call through while the shop answers', () => {
    expect(through(CLOSED, 0)).toEqual(CLOSED)
    expect(succeeded(CLOSED)).toEqual(CLOSED)
  })

  it('opens after several failures in a row, and says when to ask again', () => {
    const nearly = times(FAILURES - 1, CLOSED, (breaker) => failed(breaker, 0))
    expect(admit(nearly, 0).admitted).toBe(true)
    expect(admit(failed(nearly, 0), 0)).toEqual({ admitted: false, retryAt: 2_000 })
  })

  it('counts failures in a row only', () => {
    const nearly = times(FAILURES - 1, CLOSED, (breaker) => failed(breaker, 0))
    expect(failed(succeeded(nearly), 0)).toEqual({ state: 'closed', failures: 1 })
  })

  it('lets exactly one through after the pause', () => {
    const trial = through(broken(), 2_000)
    expect(admit(trial, 2_001)).toEqual({ admitted: false, retryAt: 62_000 })
  })

  it('closes when that one succeeds', () => {
    expect(succeeded(through(broken(), 2_000))).toEqual(CLOSED)
  })

  it('waits twice as long each time that one fails, a minute at most', () => {
    let breaker = broken()
    const pauses = []
    for (let round = 0; round < 7; round += 1) {
      const now = breaker.state === 'open' ? breaker.until : 0
      breaker = failed(through(breaker, now), now)
      if (breaker.state === 'open') pauses.push(breaker.until - now)
    }
    expect(pauses).toEqual([4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
  })

  it('is not moved by answers to calls from before the break', () => {
    expect(failed(broken(), 1_000)).toEqual(broken())
    expect(succeeded(broken())).toEqual(broken())
  })

  it('tries again when the one that was let through never came back', () => {
    expect(admit(through(broken(), 2_000), 62_000).admitted).toBe(true)
  })
})
