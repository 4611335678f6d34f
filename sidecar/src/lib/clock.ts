/** Time is handed in everywhere, so that a test needs no timer and a wrong clock can be played. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number
  /** The same as text: `2026-11-21T06:47:12.345Z`. Such texts sort by time. */
  iso(): string
}

export const systemClock: Clock = {
  now: () => Date.now(),
  iso: () => new Date().toISOString(),
}

/** A clock that a test sets by hand. */
export function handClock(start: string): Clock & { advance(ms: number): void; set(ms: number): void } {
  let ms = Date.parse(start)
  return {
    now: () => ms,
    iso: () => new Date(ms).toISOString(),
    advance: (by) => {
      ms += by
    },
    set: (to) => {
      ms = to
    },
  }
}
