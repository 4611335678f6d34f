/**
 * One run at a time per link; different links side by side. `kick` makes a link run as soon as it may; a kick during
 * a run makes it run once more; `later` makes it run at a time, unless something kicks it before.
 */
export interface Runner {
  kick(link: string): void
  later(link: string, atMs: number): void
  /** Take no more work; resolves when the runs under way have ended. */
  stop(): Promise<void>
  readonly running: number
}

export interface RunnerOptions {
  readonly run: (link: string) => Promise<void>
  readonly now: () => number
  readonly onError: (link: string, error: unknown) => void
}

export function createRunner({ run, now, onError }: RunnerOptions): Runner {
  const busy = new Map<string, { again: boolean }>()
  const timers = new Map<string, NodeJS.Timeout>()
  let stopped = false
  let onQuiet: (() => void) | null = null

  const start = async (link: string) => {
    const state = { again: false }
    busy.set(link, state)
    do {
      state.again = false
      try {
        await run(link)
      } catch (error) {
        onError(link, error)
      }
    } while (state.again && !stopped)
    busy.delete(link)
    if (busy.size === 0) onQuiet?.()
  }

  const kick = (link: string) => {
    if (stopped) return
    clearTimeout(timers.get(link))
    timers.delete(link)
    const state = busy.get(link)
    if (state) state.again = true
    else void start(link)
  }

  return {
    kick,
    later(link, atMs) {
      if (stopped) return
      clearTimeout(timers.get(link))
      timers.set(
        link,
        setTimeout(() => kick(link), Math.max(0, atMs - now())),
      )
    },
    stop() {
      stopped = true
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
      if (busy.size === 0) return Promise.resolve()
      return new Promise<void>((resolve) => {
        onQuiet = resolve
      })
    },
    get running() {
      return busy.size
    },
  }
}
