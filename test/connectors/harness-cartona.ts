import { z } from 'zod'
import { startCartona } from '../marketplaces/cartona/server.ts'
import { keptSchema } from '../marketplaces/cartona/state.ts'
import { type Harness, SECRET_WORD, type Stage, WEBHOOK_KEY } from './harness.ts'

const FAULTS: Readonly<Record<string, string>> = {
  'rate-limit': 'too_many_requests',
  'server-error': 'server_error',
  'server-error-after': 'error_after_applying',
  'timeout-after': 'timeout_after_applying',
  'drop-before': 'drop_before_applying',
  'drop-after': 'drop_after_applying',
  'web-page': 'web_page',
}

export const cartonaHarness: Harness = {
  webhookSecretName: 'webhook_secret',
  lossy: { cancelled_by_retailer: 'Odoo knows one way of being cancelled' },
  faults: [
    { fault: 'rate-limit', kind: 'retry', code: 'rate-limited', applied: false },
    { fault: 'server-error', kind: 'unknown', code: 'odd-answer', applied: false },
    { fault: 'server-error-after', kind: 'unknown', code: 'odd-answer', applied: true },
    { fault: 'timeout-after', kind: 'unknown', code: 'timeout', applied: true },
    { fault: 'drop-before', kind: 'unknown', code: 'connection-lost', applied: false },
    { fault: 'drop-after', kind: 'unknown', code: 'connection-lost', applied: true },
    { fault: 'web-page', kind: 'unknown', code: 'odd-answer', applied: false },
  ],
  readFaults: ['rate-limit', 'server-error', 'drop-before', 'web-page', 'timeout-after'],
  start: () => cartonaStage(),
}

export interface CartonaStage extends Stage {
  readonly url: string
  /** Says something to the stand-in that no platform would hear. */
  tell(path: string, body: object): Promise<unknown>
  kept(ref: string): Promise<z.infer<typeof keptSchema>>
  requests(): Promise<readonly { readonly path: string; readonly wanted: string; readonly status: number }[]>
}

const requestsSchema = z.array(z.object({ path: z.string(), wanted: z.string(), status: z.number() }))

export async function cartonaStage(header = 'AuthorizationToken'): Promise<CartonaStage> {
  const server = await startCartona({ token: SECRET_WORD, header })
  const look = async (path: string): Promise<unknown> => (await fetch(`${server.url}/__standin${path}`)).json()
  const kept = async (ref: string) => keptSchema.parse(await look(`/orders/${ref}`))
  const tell = async (path: string, body: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${server.url}/__standin${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`The stand-in said ${answer.status} to ${path}: ${await answer.text()}`)
    return answer.json()
  }
  const arm = async (fault: string): Promise<void> => {
    await tell('/faults', { knobs: { [FAULTS[fault] ?? fault]: { count: 1 } } })
  }

  return {
    url: server.url,
    tell,
    kept,
    requests: async () => requestsSchema.parse(await look('/requests')),
    settings: { base_url: `${server.url}/api/v1/`, authorization_header: header, timeout_seconds: 1 },
    secrets: { token: SECRET_WORD, webhook_secret: WEBHOOK_KEY },
    fetch,
    pagesOf: (size) => ({ page_size: size }),
    async createOrder(ref, wanted) {
      await tell('/orders', { hashed_id: ref, installment_cost: wanted?.needsCode ? 100 : 0 })
    },
    statusOf: async (ref) => (await kept(ref)).order.status,
    changesOf: async (ref) => (await kept(ref)).history.length,
    async buyerCancels(ref) {
      await tell(`/orders/${ref}/cancel`, { reason: 'delayed_order' })
      return 'cancelled_by_retailer'
    },
    inputs: async () => ({}),
    arm,
    armRead: arm,
    async delivery(ref) {
      const { order } = await kept(ref)
      const body = new TextEncoder().encode(JSON.stringify({ cartona_id: ref, status: order.status }))
      return { method: 'POST', path: '/marketplace_integration/webhook/status', headers: {}, body }
    },
    stop: () => server.close(),
  }
}
