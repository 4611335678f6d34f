/** The port. Time limits keep slow and idle strangers from holding connections that Odoo and the shops need. */
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Config } from '../config.ts'
import type { App } from './app.ts'

const HEADERS_MS = 5_000
const REQUEST_MS = 10_000
/** Longer than the pause between two wakes of a shop at work: its connection stays warm. */
const KEEP_ALIVE_MS = 65_000
const CHECK_MS = 1_000
const MOST_CONNECTIONS = 2_000

export interface RunningServer {
  readonly url: string
  /** Takes no new connection, lets what is under way finish, and ends the rest after the time. */
  close(): Promise<void>
}

export async function startServer(
  app: App,
  config: Pick<Config, 'HOST' | 'PORT' | 'SHUTDOWN_SECONDS'>,
): Promise<RunningServer> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_MS,
    },
  }) as Server
  server.maxConnections = MOST_CONNECTIONS
  await listen(server, config)
  return { url: addressOf(server, config.HOST), close: () => stop(server, config.SHUTDOWN_SECONDS * 1000) }
}

function listen(server: Server, { HOST, PORT }: Pick<Config, 'HOST' | 'PORT'>): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (cause: NodeJS.ErrnoException) => reject(new Error(portProblem(cause, HOST, PORT), { cause }))
    server.once('error', refused)
    server.listen(PORT, HOST, () => {
      server.off('error', refused)
      resolve()
    })
  })
}

function portProblem({ code = '' }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is taken: end what listens there, or set PORT.`
  if (code === 'EACCES') return `Port ${port} needs more rights than the sidecar has: set PORT to one above 1023.`
  return `The sidecar cannot listen on ${host}:${port} (${code}): check HOST and PORT.`
}

function addressOf(server: Server, host: string): string {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
}

async function stop(server: Server, withinMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const force = setTimeout(() => server.closeAllConnections(), withinMs)
  await closed
  clearTimeout(force)
}
