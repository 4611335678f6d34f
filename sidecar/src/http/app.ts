/** The edge put together. Everything it needs is handed in, so that a test asks it without a port. */
import { Hono } from 'hono'
import type { Config } from '../config.ts'
import type { Connector } from '../connectors/contract.ts'
import type { Engine } from '../flows/ports.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { SidecarStore } from '../store/index.ts'
import { apiRoutes } from './api/index.ts'
import type { Pairing } from './auth/pairing.ts'
import type { Edge } from './body.ts'
import { answerError, errorHandler, HttpError } from './errors.ts'
import { healthRoutes } from './health.ts'
import { wakeRoutes } from './wake.ts'
import { webhookRoutes } from './webhooks.ts'

export interface AppDeps {
  readonly store: SidecarStore
  readonly engine: Engine
  readonly pairing: Pairing
  readonly connectors: readonly Connector[]
  readonly config: Pick<Config, 'BODY_LIMIT_BYTES' | 'TOLERANCE_SECONDS'>
  readonly adminToken: string
  readonly clock: Clock
  readonly log: Log
}

export type App = Hono<Edge>

const HEADERS = [
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['cache-control', 'no-store'],
] as const

export function createApp(deps: AppDeps): App {
  const app = new Hono<Edge>()
  app.use(async (c, next) => {
    for (const [name, value] of HEADERS) c.header(name, value)
    await next()
  })
  app.route('/health', healthRoutes(deps))
  app.route('/odoo', wakeRoutes(deps))
  app.route('/api/v1', apiRoutes(deps))
  app.route('/', webhookRoutes(deps))
  app.notFound((c) => answerError(c, new HttpError(404, 'not-found', 'There is nothing at this address.')))
  app.onError(errorHandler(deps.log))
  return app
}
