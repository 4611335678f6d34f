/**
 * One call at a time, carrying all that gathered while the last one was in flight. No timer adds to a lone item's
 * latency; under load the batches grow by themselves.
 *
 * A call that may be repeated is repeated, later and later, until it goes through. A call that Odoo refuses is cut in
 * halves until the one bad item stands alone: its neighbours never suffer.
 */
import { OdooError } from '../odoo/client.ts'

export interface BatcherOptions<I, O> {
  readonly limit: number
  /** Answers one result per item, in order. Must be safe to repeat. */
  readonly send: (items: I[]) => Promise<O[]>
  readonly onTrouble: (error: OdooError) => void
  readonly firstDelayMs?: number
  readonly lastDelayMs?: number
}

export interface Batcher<I, O> {
  add(item: I): Promise<O>
  /** The other side was just heard: do not sit out the delay. */
  poke(): void
  /** Resolves when nothing is queued or in flight. */
  idle(): Promise<void>
  stop(): void
  readonly size: number
}

interface Waiting<I, O> {
  readonly item: I
  readonly resolve: (result: O) => void
  readonly reject: (error: unknown) => void
}

export class Stopped extends Error {
  override readonly name = 'Stopped'
}

export function createBatcher<I, O>(options: BatcherOptions<I, O>): Batcher<I, O> {
  const { limit, send, onTrouble, firstDelayMs = 250, lastDelayMs = 30_000 } = options
  let queue: Waiting<I, O>[] = []
  let inFlight = 0
  let stopped = false
  let failures = 0
  let wake: (() => void) | null = null
  let idlers: (() => void)[] = []

  const settleIdlers = () => {
    if (queue.length > 0 || inFlight > 0) return
    for (const idler of idlers.splice(0)) idler()
  }

  const pause = () =>
    new Promise<void>((resolve) => {
      const delay = Math.min(lastDelayMs, firstDelayMs * 2 ** Math.min(failures - 1, 10))
      const timer = setTimeout(done, delay)
      function done() {
        clearTimeout(timer)
        wake = null
        resolve()
      }
      wake = done
    })

  const deliver = async (batch: Waiting<I, O>[]): Promise<void> => {
    while (!stopped) {
      try {
        const results = await send(batch.map((waiting) => waiting.item))
        failures = 0
        batch.forEach((waiting, index) => {
          waiting.resolve(results[index] as O)
        })
        return
      } catch (error) {
        if (!(error instanceof OdooError)) return rejectAll(batch, error)
        onTrouble(error)
        if (error.fault === 'refused' && batch.length > 1) return deliverHalves(batch)
        if (error.fault === 'refused') return rejectAll(batch, error)
        failures += 1
        await pause()
      }
    }
    rejectAll(batch, new Stopped('the sidecar is stopping'))
  }

  const deliverHalves = async (batch: Waiting<I, O>[]) => {
    const middle = Math.ceil(batch.length / 2)
    await deliver(batch.slice(0, middle))
    await deliver(batch.slice(middle))
  }

  const run = async () => {
    while (queue.length > 0) {
      const batch = queue.splice(0, limit)
      inFlight = batch.length
      await deliver(batch)
      inFlight = 0
    }
    settleIdlers()
  }

  return {
    add(item) {
      if (stopped) return Promise.reject(new Stopped('the sidecar is stopping'))
      return new Promise<O>((resolve, reject) => {
        queue.push({ item, resolve, reject })
        if (inFlight === 0 && queue.length === 1) queueMicrotask(() => void run())
      })
    },
    poke() {
      wake?.()
    },
    idle() {
      if (queue.length === 0 && inFlight === 0) return Promise.resolve()
      return new Promise<void>((resolve) => idlers.push(resolve))
    },
    stop() {
      stopped = true
      rejectAll(queue, new Stopped('the sidecar is stopping'))
      queue = []
      wake?.()
      settleIdlers()
      idlers = []
    },
    get size() {
      return queue.length + inFlight
    },
  }
}

function rejectAll<I, O>(batch: Waiting<I, O>[], error: unknown) {
  for (const waiting of batch) waiting.reject(error)
}
