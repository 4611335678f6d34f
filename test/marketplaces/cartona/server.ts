import { type HttpBindings, serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createApi, type Hook } from './api.ts'
import { createControl } from './control.ts'
import { createFaults } from './faults.ts'
import { createLedger } from './ledger.ts'
import { createPage } from './page/page.ts'
import { createStore } from './store.ts'

export interface CartonaOptions {
  readonly port?: number
  /** Reachable from this machine only, unless said otherwise. */
  readonly host?: string
  readonly token?: string
  /** Where the orders are kept over a restart. */
  readonly dataFile?: string
  /** The header that carries the token. */
  readonly header?: string
}

export interface CartonaServer {
  readonly url: string
  readonly port: number
  readonly token: string
  close(): Promise<void>
}

/** A marketplace that behaves as Cartona is known to behave, with a page to play the retailer. */
export async function startCartona(options: CartonaOptions = {}): Promise<CartonaServer> {
  const { host = '127.0.0.1', token = 'standin-token', header = 'AuthorizationToken' } = options
  const now = Date.now
  const hooks: Hook[] = []
  const parts = {
    store: createStore(options.dataFile ?? null, now),
    faults: createFaults(),
    ledger: createLedger(now),
    hooks,
  }
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.route('/api/v1', createApi({ ...parts, token, header }))
  app.route('/__standin', createControl(parts))
  app.route('/', createPage(parts))
  return listen(app, host, options.port ?? 0, token)
}

function listen(app: Hono<{ Bindings: HttpBindings }>, host: string, port: number, token: string) {
  return new Promise<CartonaServer>((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, (address) => {
      resolve({ url: `http://${host}:${address.port}`, port: address.port, token, close })
    })
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      reject(taken ? new Error(`The port ${port} is taken: choose another one.`) : error)
    })
    const close = () =>
      new Promise<void>((done) => {
        server.close(() => done())
        // requests that are left hanging on purpose would keep it open for ever
        if ('closeAllConnections' in server) server.closeAllConnections()
      })
  })
}
