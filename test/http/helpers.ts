import { randomUUID } from 'node:crypto'
import { afterEach } from 'vitest'
import { z } from 'zod'
import type {
  Connector,
  RawRequest,
  Session,
  ShopChange,
  WebhookVerdict,
} from '../../sidecar/src/connectors/contract.ts'
import { connectors } from '../../sidecar/src/connectors/index.ts'
import type { Engine, OpenShop, Part } from '../../sidecar/src/flows/ports.ts'
import { type App, createApp } from '../../sidecar/src/http/app.ts'
import { createPairing } from '../../sidecar/src/http/auth/pairing.ts'
import { handClock } from '../../sidecar/src/lib/clock.ts'
import { parseKey, sign, verify } from '../../sidecar/src/lib/hmac.ts'
import { createLog } from '../../sidecar/src/lib/log.ts'
import type { WakeBody } from '../../sidecar/src/odoo/wire.ts'
import { MEMORY, openStore, type SidecarStore } from '../../sidecar/src/store/index.ts'

export const START = '2026-11-21T06:47:12.345Z'
export const ADMIN = 'admin-token-of-the-tests'
export const CODE = 'k7qm-3x9t-w2hd'
export const SHOP_KEY = 'whsec_c2hvcC1rZXktb2YtdGhlLXRlc3RzLTMyLWJ5dGVzLSE='

export const ODOO = {
  protocol: 1,
  code: CODE,
  uuid: 'uuid-1',
  fingerprint: 'finger-1',
  url: 'http://odoo.example:8069/',
  db: 'shop',
  version: '19.0',
}

const open: { close(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

/** Writes down what the edge asked of the flows. */
export function recordingEngine(shops: readonly OpenShop[] = []) {
  const asked: string[] = []
  const wakes: WakeBody[] = []
  const answers: { test: () => Promise<readonly Part[]>; health: readonly Part[] } = {
    test: async () => [{ name: 'odoo', ok: true, message: 'The sidecar reaches Odoo.' }],
    health: [{ name: 'odoo', ok: true, message: '' }],
  }
  const engine: Engine = {
    wake: (body) => {
      asked.push('wake')
      wakes.push(body)
    },
    configChanged: () => void asked.push('configChanged'),
    pairingChanged: () => void asked.push('pairingChanged'),
    inboxChanged: () => void asked.push('inboxChanged'),
    shop: (id) => shops.find((shop) => shop.id === id) ?? null,
    shopsOf: (name) => shops.filter((shop) => shop.connector.name === name),
    test: (shop) => {
      asked.push(`test ${shop}`)
      return answers.test()
    },
    health: () => answers.health,
  }
  return { engine, asked, wakes, answers }
}

/** A shop whose deliveries are signed with a key of its own; `key: null` for one that takes none. */
export function signedShop(id: string, key: string | null = SHOP_KEY, receive = true): OpenShop {
  const [connector] = connectors
  if (!connector) throw new Error('the register is empty')
  const session: Session = {
    push: async () => ({ kind: 'done', answer: '' }),
    test: async () => ({ ok: true, message: '' }),
    ...(key !== null && { verifyWebhook: (request: RawRequest, nowMs: number) => check(key, request, nowMs) }),
  }
  const own: Connector = { ...connector, name: 'testshop', webhookPaths: ['/testshop/status'] }
  return { id, name: `Shop ${id}`, receive, connector: own, session }
}

function check(secret: string, { headers, body }: RawRequest, nowMs: number): WebhookVerdict {
  const key = parseKey(secret)
  const verdict = verify({
    headers: {
      id: headers['webhook-id'],
      timestamp: headers['webhook-timestamp'],
      signature: headers['webhook-signature'],
    },
    body,
    keys: key ? [key] : [],
    nowMs,
    toleranceSeconds: 300,
  })
  if (!verdict.ok) return { ok: false, status: 401, problem: 'The signature does not match.' }
  return changesOf(Buffer.from(body).toString(), verdict.id)
}

/** The body of these deliveries is `ref:status`. */
function changesOf(text: string, id: string): WebhookVerdict {
  const [ref, status] = text.split(':')
  if (!ref || !status) return { ok: false, status: 400, problem: 'The delivery names no order.' }
  return { ok: true, id, changes: [changeOf(ref, status)] }
}

export function changeOf(ref: string, status: string): ShopChange {
  const digest = `${ref}:${status}`
  return { ref, number: `#${ref}`, status, fulfilledBy: 'us', reason: '', needs: {}, changedAt: '', digest }
}

export interface World {
  readonly app: App
  readonly store: SidecarStore
  readonly clock: ReturnType<typeof handClock>
  readonly codes: string[]
  readonly lines: string[]
  readonly asked: string[]
  readonly wakes: WakeBody[]
  readonly answers: ReturnType<typeof recordingEngine>['answers']
  readonly pairing: ReturnType<typeof createPairing>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  /** As the paired Odoo does. */
  signed(path: string, body: unknown, patch?: SignPatch): Promise<Response>
  /** The key of `/odoo/pair`, once paired. */
  key: string
  restart(): World
}

export interface SignPatch {
  readonly id?: string
  readonly key?: string
  readonly stampMs?: number
  readonly headers?: Record<string, string>
}

export interface WorldOptions {
  readonly shops?: readonly OpenShop[]
  readonly fixedCode?: string | null
  readonly store?: SidecarStore
  readonly clock?: ReturnType<typeof handClock>
}

export function world(options: WorldOptions = {}): World {
  const clock = options.clock ?? handClock(START)
  const store = options.store ?? openStore({ file: MEMORY, clock, key: Buffer.alloc(32, 7) })
  if (!options.store) open.push(store)
  const lines: string[] = []
  const codes: string[] = []
  const log = createLog('trace', { write: (line: string) => void lines.push(line) })
  const fixedCode = options.fixedCode === null ? undefined : (options.fixedCode ?? CODE)
  const pairing = createPairing({ store, clock, log, fixedCode, showCode: (code) => void codes.push(code) })
  const recording = recordingEngine(options.shops)
  const config = { BODY_LIMIT_BYTES: 1024, TOLERANCE_SECONDS: 300 }
  const known = options.shops?.map((shop) => shop.connector).slice(0, 1) ?? []
  const app = createApp({
    store,
    engine: recording.engine,
    pairing,
    connectors: known,
    config,
    adminToken: ADMIN,
    clock,
    log,
  })

  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) =>
    app.request(path, { method: 'POST', body: bytesOf(body), headers })

  const made: World = {
    ...{ app, store, clock, codes, lines, pairing, post, key: '' },
    ...{ asked: recording.asked, wakes: recording.wakes, answers: recording.answers },
    signed: (path, body, patch = {}) => post(path, body, { ...signature(made, body, patch), ...patch.headers }),
    restart: () => {
      const next = world({ ...options, store, clock })
      next.key = made.key
      return next
    },
  }
  return made
}

export function signature({ clock, key }: World, body: unknown, patch: SignPatch = {}): Record<string, string> {
  const parsed = parseKey(patch.key ?? key)
  if (!parsed) throw new Error('not paired yet')
  const timestampSeconds = Math.floor((patch.stampMs ?? clock.now()) / 1000)
  return sign({ key: parsed, id: patch.id ?? `msg_${randomUUID()}`, timestampSeconds, body: bytesOf(body) })
}

export function bytesOf(body: unknown): Buffer<ArrayBuffer> {
  if (Buffer.isBuffer(body)) return Buffer.from(body)
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

/** A world whose Odoo is paired and has sent its key. */
export async function pairedWorld(options: WorldOptions = {}): Promise<World> {
  const made = world(options)
  made.key = await keyOf(await made.post('/odoo/pair', ODOO))
  await made.signed('/odoo/key', { login: 'sync', api_key: 'api-key-of-odoo' })
  made.asked.length = 0
  made.lines.length = 0
  return made
}

const errorShape = z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string().min(10) }) })

export async function errorOf(response: Response): Promise<{ status: number; code: string; message: string }> {
  const { error } = errorShape.parse(await response.json())
  return { status: response.status, ...error }
}

/** The key that a pairing answers. */
export async function keyOf(response: Response): Promise<string> {
  return z.object({ key: z.string() }).parse(await response.json()).key
}

export function wakeOf(made: World, patch: Partial<WakeBody> = {}): WakeBody {
  return {
    protocol: 1,
    epoch: made.store.id,
    uuid: ODOO.uuid,
    fingerprint: ODOO.fingerprint,
    instance: 'instance-1',
    links: [],
    ...patch,
  }
}

/** Nothing was stored and nothing was asked of the flows; the log holds one fact and none of these texts. */
export function untouched(made: World, ...secret: string[]): string[] {
  const problems: string[] = []
  const { waitingInbox, openOperations } = made.store.counts()
  if (waitingInbox + openOperations > 0) problems.push('something was stored')
  if (made.asked.length > 0) problems.push(`the flows were asked: ${made.asked}`)
  if (made.lines.length !== 1) problems.push(`${made.lines.length} log lines`)
  for (const text of secret) if (made.lines.join('').includes(text)) problems.push(`the log repeats ${text}`)
  return problems
}
