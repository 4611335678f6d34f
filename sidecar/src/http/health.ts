/** `live`: the process answers. `ready`: everything it needs is there; each part says why not. */
import { Hono } from 'hono'
import type { Engine, Part } from '../flows/ports.ts'
import type { SidecarStore } from '../store/index.ts'
import type { Edge } from './body.ts'

export interface HealthDeps {
  readonly store: SidecarStore
  readonly engine: Engine
}

export function healthRoutes({ store, engine }: HealthDeps): Hono<Edge> {
  const app = new Hono<Edge>()

  app.get('/live', (c) => c.json({ ok: true }))

  app.get('/ready', async (c) => {
    const parts = [await databasePart(store), ...engine.health()]
    const ok = parts.every((part) => part.ok)
    if (!ok) c.header('retry-after', '5')
    return c.json({ ok, parts }, ok ? 200 : 503)
  })

  return app
}

async function databasePart(store: SidecarStore): Promise<Part> {
  try {
    store.counts()
    const problem = await store.problem()
    return { name: 'database', ok: problem === null, message: problem?.message ?? '' }
  } catch (error) {
    return {
      name: 'database',
      ok: false,
      message: error instanceof Error ? error.message : 'The store cannot be read.',
    }
  }
}
