/** The breaker of one shop: the core's rules, with a memory. */
import { admit, type Breaker, CLOSED, failed, succeeded } from '../core/breaker.ts'
import type { ShopBreaker } from './flow.ts'

export function createBreaker(): ShopBreaker {
  let breaker: Breaker = CLOSED
  return {
    admit(nowMs) {
      const answer = admit(breaker, nowMs)
      if (!answer.admitted) return answer.retryAt
      breaker = answer.breaker
      return 0
    },
    succeeded() {
      breaker = succeeded(breaker)
    },
    failed(nowMs) {
      breaker = failed(breaker, nowMs)
    },
  }
}
