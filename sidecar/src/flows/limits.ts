/** A shop's own pace: so many at once, so many a second. Waiting takes its turn in order. */
export interface Pace {
  take(): Promise<() => void>
}

export function createPace(
  limits: { readonly perSecond: number; readonly concurrent: number },
  now: () => number,
): Pace {
  const gap = 1000 / limits.perSecond
  const waiting: ((release: () => void) => void)[] = []
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

  const pump = () => {
    refill()
    while (waiting.length > 0 && running < limits.concurrent && credit >= 1) {
      credit -= 1
      running += 1
      let released = false
      waiting.shift()?.(() => {
        if (released) return
        released = true
        release()
      })
    }
    if (waiting.length > 0 && running < limits.concurrent && timer === null) {
      timer = setTimeout(
        () => {
          timer = null
          pump()
        },
        Math.max(1, (1 - credit) * gap),
      )
    }
  }

  return {
    take() {
      return new Promise((resolve) => {
        waiting.push(resolve)
        pump()
      })
    },
  }
}
