/** Hears Odoo's bus as the web client does: a websocket with the user's session, subscribed to what the server gives. */
import { WebSocket } from 'ws'
import { z } from 'zod'
import type { OdooRpc } from '../stack/odoo-rpc.ts'
import type { FineClock } from './clock.ts'

const framesSchema = z.array(z.object({ message: z.object({ type: z.string(), payload: z.unknown() }) }))
export const badgesSchema = z.object({ badges: z.array(z.object({ link: z.string(), state: z.string() })) })

export interface Heard {
  readonly type: string
  readonly payload: unknown
  readonly at: number
}

type Wanted = (heard: Heard) => boolean

export class BusListener {
  readonly #socket: WebSocket
  readonly #waiting = new Set<{ wanted: Wanted; resolve: (at: number) => void }>()

  private constructor(socket: WebSocket, clock: FineClock) {
    this.#socket = socket
    socket.on('message', (data) => this.#hear(String(data), clock.now()))
  }

  static async open(rpc: OdooRpc, clock: FineClock): Promise<BusListener> {
    const socket = new WebSocket(`${rpc.url.replace('http', 'ws')}/websocket`, {
      headers: { cookie: rpc.cookie },
      origin: rpc.url,
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    const listener = new BusListener(socket, clock)
    socket.send(JSON.stringify({ event_name: 'subscribe', data: { channels: [], last: 0 } }))
    return listener
  }

  /** When the first message that is wanted arrived; only messages after this call count. */
  next(what: string, wanted: Wanted, patienceMs = 10_000): Promise<number> {
    return new Promise((resolve, reject) => {
      const entry = { wanted, resolve: settle }
      const timer = setTimeout(() => {
        this.#waiting.delete(entry)
        reject(new Error(`no message on the bus within ${patienceMs / 1000} s: ${what}`))
      }, patienceMs)
      function settle(at: number) {
        clearTimeout(timer)
        resolve(at)
      }
      this.#waiting.add(entry)
    })
  }

  close(): void {
    this.#socket.terminate()
  }

  #hear(text: string, at: number): void {
    for (const { message } of framesSchema.parse(JSON.parse(text))) {
      for (const entry of this.#waiting) {
        if (!entry.wanted({ ...message, at })) continue
        this.#waiting.delete(entry)
        entry.resolve(at)
      }
    }
  }
}
