/** A real HTTP server that says what a test wrote down for it, and remembers what it was asked. */
import { createServer, type IncomingMessage } from 'node:http'

export interface Scripted {
  readonly status?: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Asked {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface ScriptedServer {
  readonly url: string
  readonly asked: Asked[]
  /** The answers to come, oldest first; the last one is repeated. */
  script: Scripted[]
  stop(): Promise<void>
}

export async function startScripted(): Promise<ScriptedServer> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const url = new URL(request.url ?? '/', 'http://scripted')
    asked.push({ method: request.method ?? '', url, headers: request.headers, body: Buffer.concat(chunks).toString() })
    const answer = scripted.script.length > 1 ? scripted.script.shift() : scripted.script[0]
    response.writeHead(answer?.status ?? 200, { ...answer?.headers })
    response.end(answer?.body ?? '')
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const stop = () =>
    new Promise<void>((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  const scripted: ScriptedServer = { url: `http://127.0.0.1:${port}`, asked, script: [{}], stop }
  return scripted
}
