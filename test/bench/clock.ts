/**
 * The time of day with microseconds, to be compared with what PostgreSQL wrote down on the same machine. `Date.now()` cuts
 * milliseconds off, and Node's own fine clock does not follow when the machine's clock is adjusted: so the two are brought
 * together again before every sample, at the moment at which a millisecond begins.
 */
export class FineClock {
  #offset = 0

  /** Takes a millisecond at most. */
  sync(): void {
    const before = Date.now()
    let tick = before
    while (tick === before) tick = Date.now()
    this.#offset = tick - performance.now()
  }

  now(): number {
    return performance.now() + this.#offset
  }
}
