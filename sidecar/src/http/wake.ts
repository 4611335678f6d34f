/** What Odoo calls (PROTOCOL.md §2): all signed but the first, which brings the pairing code. */
import { Hono } from 'hono'
import { z } from 'zod'
import type { Config } from '../config.ts'
import type { Engine, Part } from '../flows/ports.ts'
import type { Clock } from '../lib/clock.ts'
import { PROTOCOL, type WakeBody, wakeBody } from '../odoo/wire.ts'
import type { SidecarStore } from '../store/index.ts'
import { otherProtocol, type PairedOdoo, type Pairing, pairBody } from './auth/pairing.ts'
import { signedReader } from './auth/signed.ts'
import { type Edge, nothing, parseBody, readBody } from './body.ts'
import { HttpError } from './errors.ts'

export interface WakeDeps {
  readonly store: SidecarStore
  readonly engine: Engine
  readonly pairing: Pairing
  readonly clock: Clock
  readonly config: Pick<Config, 'BODY_LIMIT_BYTES' | 'TOLERANCE_SECONDS'>
}

/** Odoo waits three seconds for the person who asked. */
const TEST_MS = 2600

const keyBody = z.object({ login: z.string().min(1).max(200), api_key: z.string().min(1).max(500) })
const testBody = z.object({ shop: z.string().regex(/^\d*$/).optional() })
const secretsBody = z.object({
  shop: z.string().regex(/^\d+$/),
  secrets: z.record(z.string().min(1).max(100), z.string().max(10_000)),
})

export function wakeRoutes({ store, engine, pairing, clock, config }: WakeDeps): Hono<Edge> {
  const app = new Hono<Edge>()
  const signed = signedReader({ pairing, clock, config })

  app.post('/pair', async (c) => {
    const request = parseBody(await readBody(c, config.BODY_LIMIT_BYTES), pairBody)
    const answer = await pairing.pair(request)
    engine.pairingChanged()
    return c.json(answer)
  })

  app.post('/key', async (c) => {
    await pairing.key(parseBody(await signed(c), keyBody))
    engine.pairingChanged()
    return c.json({})
  })

  app.post('/wake', async (c) => {
    const body = parseBody(await signed(c), wakeBody)
    engine.wake(trusted(body, pairing.state()))
    return c.json({}, 202)
  })

  app.post('/config-changed', async (c) => {
    parseBody(await signed(c), nothing)
    engine.configChanged()
    return c.json({}, 202)
  })

  app.post('/test', async (c) => {
    const { shop } = parseBody(await signed(c), testBody)
    return c.json(summary(await test(store, engine, shop || null)))
  })

  app.post('/secrets', async (c) => {
    const { shop, secrets } = parseBody(await signed(c), secretsBody)
    const set = await store.putSecrets(shop, secrets, clock.iso())
    engine.configChanged()
    return c.json({ set })
  })

  app.post('/unpair', async (c) => {
    parseBody(await signed(c), nothing)
    await pairing.unpair()
    engine.pairingChanged()
    return c.json({})
  })

  return app
}

/** A copy of the database signs with the same key: it may make us look at the paired one, and is not believed in anything else. */
function trusted(body: WakeBody, paired: PairedOdoo | null): WakeBody {
  if (body.protocol !== PROTOCOL) throw new HttpError(422, 'protocol', otherProtocol(body.protocol))
  if (paired === null || body.uuid !== paired.uuid || body.epoch !== paired.epoch)
    throw new HttpError(
      422,
      'epoch',
      'This database was paired with another sidecar, or before its store was lost: pair again.',
    )
  return body.fingerprint === paired.fingerprint ? body : { ...body, links: [] }
}

async function test(store: SidecarStore, engine: Engine, shop: string | null): Promise<readonly Part[]> {
  const problem = await store.problem()
  const own: readonly Part[] = [
    { name: 'sidecar', ok: problem === null, message: problem?.message ?? 'The sidecar is paired and can store.' },
  ]
  return [...own, ...(await inTime(engine.test(shop)))]
}

/** A person waits: late is an answer too. */
async function inTime(parts: Promise<readonly Part[]>): Promise<readonly Part[]> {
  const late: Part = { name: 'time', ok: false, message: 'The test took too long: Odoo or the shop answers slowly.' }
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<readonly Part[]>((resolve) => {
    timer = setTimeout(() => resolve([late]), TEST_MS)
  })
  try {
    return await Promise.race([parts, limit])
  } finally {
    clearTimeout(timer)
  }
}

function summary(parts: readonly Part[]): { ok: boolean; message: string; parts: readonly Part[] } {
  const wrong = parts.find((part) => !part.ok)
  return { ok: !wrong, message: wrong?.message ?? 'Everything works.', parts }
}
