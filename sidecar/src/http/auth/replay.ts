/** Deliveries that were seen within the time in which they could be accepted again. In two halves, so that forgetting costs nothing. */
export interface Replay {
  /** False when it was there already. */
  remember(id: string, nowMs: number): boolean
  /** What was seen could not be stored: the sender may try again with the same bytes. */
  forget(id: string): void
}

/** `windowMs`: from the earliest to the latest moment at which one delivery is accepted. */
export function createReplay(windowMs: number): Replay {
  let recent = new Set<string>()
  let older = new Set<string>()
  let turnedAt = Number.NEGATIVE_INFINITY

  function turn(nowMs: number): void {
    // a clock that was set back must not keep a half for ever
    if (nowMs - turnedAt < windowMs && nowMs >= turnedAt) return
    older = nowMs - turnedAt < 2 * windowMs ? recent : new Set()
    recent = new Set()
    turnedAt = nowMs
  }

  return {
    remember(id, nowMs) {
      turn(nowMs)
      if (recent.has(id) || older.has(id)) return false
      recent.add(id)
      return true
    },
    forget(id) {
      recent.delete(id)
      older.delete(id)
    },
  }
}
