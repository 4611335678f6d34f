/**
 * What the shops call. The connector vouches for the raw bytes; what it read is durable before the shop gets its answer. A delivery that
 * is sent a second time is refused as long as it could still be accepted; a connector whose platform repeats its own deliveries
 * byte for byte gives no id, and the inbox finds the repetition by its digest.
 */
import { type Context, Hono } from 'hono'
import type { Config } from '../config.ts'
import type { Connector, RawRequest, WebhookVerdict } from '../connectors/contract.ts'
import type { Engine, OpenShop } from '../flows/ports.ts'
import type { Clock } from '../lib/clock.ts'
import type { SidecarStore } from '../store/index.ts'
import { createReplay } from './auth/replay.ts'
import { type Edge, readBody } from './body.ts'
import { HttpError } from './errors.ts'

export interface WebhookDeps {
  readonly store: SidecarStore
  readonly engine: Engine
  readonly connectors: readonly Connector[]
  readonly clock: Clock
  readonly config: Pick<Config, 'BODY_LIMIT_BYTES' | 'TOLERANCE_SECONDS'>
}

type Verified = Extract<WebhookVerdict, { ok: true }>

export function webhookRoutes({ store, engine, connectors, clock, config }: WebhookDeps): Hono<Edge> {
  const app = new Hono<Edge>()
  const replay = createReplay(2 * config.TOLERANCE_SECONDS * 1000)

  async function deliver(c: Context<Edge>, shops: readonly OpenShop[]): Promise<Response> {
    const able = shops.filter((shop) => shop.session.verifyWebhook)
    if (able.length === 0) throw new HttpError(404, 'no-shop', NO_SHOP)
    const request = await rawRequest(c, config.BODY_LIMIT_BYTES)
    const { shop, verdict } = firstThatKnows(able, request, clock.now())
    await keep(shop, verdict)
    return c.json({}, 202)
  }

  async function keep(shop: OpenShop, { id, changes }: Verified): Promise<void> {
    const delivery = `${shop.id} ${id}`
    if (id !== '' && !replay.remember(delivery, clock.now()))
      throw new HttpError(401, 'replayed', 'This delivery was received before.')
    const receivedAt = clock.iso()
    try {
      await store.receive(changes.map((change) => ({ shop: shop.id, source: 'webhook', change, receivedAt })))
    } catch (error) {
      replay.forget(delivery)
      throw error
    }
    engine.inboxChanged()
  }

  app.post('/webhooks/:shop', (c) => {
    const shop = engine.shop(c.req.param('shop'))
    return deliver(c, shop ? [shop] : [])
  })
  for (const { name, webhookPaths } of connectors)
    for (const path of webhookPaths) app.post(path, (c) => deliver(c, engine.shopsOf(name)))

  return app
}

const NO_SHOP = 'No shop that is open here takes webhooks at this address: check the address, and the shop in Odoo.'

/** One address may serve several shops of a connector: the one whose secret fits is meant. */
function firstThatKnows(
  shops: readonly OpenShop[],
  request: RawRequest,
  nowMs: number,
): { shop: OpenShop; verdict: Verified } {
  let refusal: Extract<WebhookVerdict, { ok: false }> | null = null
  for (const shop of shops) {
    const verdict = shop.session.verifyWebhook?.(request, nowMs)
    if (verdict?.ok) return { shop, verdict }
    // a shop that knows the signature and not the contents says more than one to which it is strange
    if (verdict && (refusal === null || verdict.status === 400)) refusal = verdict
  }
  throw new HttpError(
    refusal?.status ?? 401,
    refusal?.status === 400 ? 'bad-request' : 'not-verified',
    refusal?.problem ?? NO_SHOP,
  )
}

async function rawRequest(c: Context<Edge>, limit: number): Promise<RawRequest> {
  const body = await readBody(c, limit)
  return { method: c.req.method, path: c.req.path, headers: c.req.header(), body }
}
