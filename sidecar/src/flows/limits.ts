/**
 * A shop's own pace: so many at once, so many a second. Waiting takes its turn in order, but what nobody waits for
 * (`later`: acknowledging a feed) goes behind what a person did, and leaves some of the pace for what he does next.
 */
export interface Pace {
  take(when?: 'now' | 'later'): Promise<() => void>
}

type Turn = (release: () => void) => void

/** Calls kept free for people. */
const KEPT_FREE = 2

export function createPace(
  limits: { readonly perSecond: number; readonly concurrent: number },
  now: () => number,
): Pace {
  const gap = 1000 / limits.perSecond
  const keptFree = Math.max(0, Math.min(KEPT_FREE, limits.perSecond - 1))
  const waiting: Record<'now' | 'later', Turn[]> = { now: [], later: [] }
  let running = 0
  // a short burst is allowed: a person who acts after a quiet minute never waits for the pace
  let credit = limits.perSecond
  let last = now()
  let timer: NodeJS.Timeout | null = null

  const refill = () => {
    const at = now()
    credit = Math.min(limits.perSecond, credit + (at - last) / gap)
    last = at
  }

  const release = () => {
    running -= 1
    pump()
  }

  /** Who goes next, and the credit that it takes; null when nobody waits. */
  const next = () => {
    if (waiting.now.length > 0) return { queue: waiting.now, needs: 1 }
    return waiting.later.length > 0 ? { queue: waiting.later, needs: 1 + keptFree } : null
  }

  const go = (turn: Turn | undefined) => {
    credit -= 1
    running += 1
    let released = false
    turn?.(() => {
      if (released) return
      released = true
      release()
    })
  }

  const pump = () => {
    refill()
    if (timer !== null) clearTimeout(timer)
    timer = null
    for (let first = next(); first !== null && running < limits.concurrent; first = next()) {
      if (credit < first.needs) {
        timer = setTimeout(pump, Math.max(1, (first.needs - credit) * gap))
        return
      }
      go(first.queue.shift())
    }
  }

  return {
    take(when = 'now') {
      return new Promise((resolve) => {
        waiting[when].push(resolve)
        pump()
      })
    },
  }
}
