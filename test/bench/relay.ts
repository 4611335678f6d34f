/**
 * Stands between the sidecar and the stand-in and writes down when a status write arrived and when it was answered. The
 * stand-in's own note has milliseconds only.
 */
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import type { FineClock } from './clock.ts'

export interface Passed {
  readonly arrived: number
  readonly answered: number
}

const writeSchema = z.object({ hashed_id: z.string(), status: z.string() })

export class Relay {
  readonly #target: URL
  readonly #clock: FineClock
  readonly #agent = new Agent({ keepAlive: true })
  readonly #server = createServer((incoming, answer) => void this.#pass(incoming, answer))
  readonly #passed = new Map<string, Passed>()

  constructor(target: string, clock: FineClock) {
    this.#target = new URL(target)
    this.#clock = clock
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done))
    // a server that listens on a port has an address with a port
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  /** The first status write for this order, once it was answered. */
  passed(ref: string): Passed | null {
    return this.#passed.get(ref) ?? null
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
    this.#agent.destroy()
  }

  async #pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const arrived = this.#clock.now()
    const body = await bytesOf(incoming)
    const { method = 'GET', headers, url = '/' } = incoming
    const { hostname, port } = this.#target
    const onward = request({ hostname, port, path: url, method, headers, agent: this.#agent }, async (response) => {
      const bytes = await bytesOf(response)
      answer.writeHead(response.statusCode ?? 502, response.headers)
      answer.end(bytes)
      this.#note(body, { arrived, answered: this.#clock.now() })
    })
    onward.on('error', () => answer.destroy())
    onward.end(body)
  }

  #note(body: Buffer, passed: Passed): void {
    if (body.length === 0) return
    const write = writeSchema.safeParse(JSON.parse(body.toString('utf8')))
    if (!write.success || write.data.status === 'synced' || this.#passed.has(write.data.hashed_id)) return
    this.#passed.set(write.data.hashed_id, passed)
  }
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}
