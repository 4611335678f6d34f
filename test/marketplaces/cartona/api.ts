/**
 * `/api/v1/`: what Cartona is known to offer, and nothing else. The error bodies are assumed: the vendor publishes none.
 */
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { CallKind, FaultName, Faults } from './faults.ts'
import type { Ledger } from './ledger.ts'
import { type Kept, type Move, STATUSES, STEPS } from './state.ts'
import type { OrderStore } from './store.ts'

export interface ApiDeps {
  readonly store: OrderStore
  readonly faults: Faults
  readonly ledger: Ledger
  readonly hooks: Hook[]
  readonly token: string
  readonly header: string
}

/** Moves one order right after it was pulled: the change between the pull and the acknowledgement. */
export interface Hook {
  readonly order: string
  readonly move: Omit<Move, 'at'>
}

type Ctx = Context<{ Bindings: HttpBindings }>
interface Answer {
  readonly status: 200 | 400 | 401 | 404 | 422 | 429 | 500
  readonly body: unknown
  readonly applied: boolean
}

const BEFORE: readonly FaultName[] = ['drop_before_applying', 'too_many_requests', 'server_error', 'web_page']
const AFTER: readonly FaultName[] = ['timeout_after_applying', 'drop_after_applying', 'error_after_applying']

export function createApi(deps: ApiDeps) {
  const api = new Hono<{ Bindings: HttpBindings }>()
  api.use(async (c, next) => {
    if (c.req.header(deps.header) === deps.token) return next()
    deps.ledger.note({ ...requestOf(c), status: 401, fault: '', applied: false })
    return c.json({ error: 'unauthorized' }, 401)
  })
  api.get('/order/pull-orders', (c) => exchange(c, deps, 'pull', requestOf(c), () => pull(c, deps)))
  api.post('/order/update-order-status/:id', async (c) => {
    const body = updateSchema.safeParse(await c.req.json().catch(() => null))
    const wanted = body.success ? body.data.status : ''
    const request = { ...requestOf(c), order: c.req.param('id'), wanted }
    const kind = wanted === 'synced' ? 'acknowledge' : 'write'
    return exchange(c, deps, kind, request, () => update(c.req.param('id'), body.data, deps))
  })
  return api
}

interface RequestLine {
  readonly method: string
  readonly path: string
  readonly order: string
  readonly wanted: string
}

function requestOf(c: Ctx): RequestLine {
  return { method: c.req.method, path: c.req.path, order: '', wanted: '' }
}

/** One call through the faults: what hits before nothing is done, what hits after all is done. */
async function exchange(c: Ctx, deps: ApiDeps, kind: CallKind, request: RequestLine, work: () => Answer) {
  const { faults, ledger } = deps
  await pause(faults.state().latency_ms)
  const before = BEFORE.find((name) => faults.hits(name, kind))
  if (before) {
    ledger.note({ ...request, status: statusOf(before), fault: before, applied: false })
    return misbehave(c, before, faults.state().retry_after_seconds)
  }
  const answer = work()
  const after = AFTER.find((name) => faults.hits(name, kind))
  const { applied } = answer
  if (after) {
    ledger.note({ ...request, status: statusOf(after), fault: after, applied })
    return misbehave(c, after, 0)
  }
  ledger.note({ ...request, status: answer.status, fault: '', applied })
  return c.body(JSON.stringify(answer.body), answer.status, { 'content-type': 'application/json' })
}

const STATUS: Readonly<Partial<Record<FaultName, number>>> = {
  too_many_requests: 429,
  server_error: 500,
  error_after_applying: 500,
  web_page: 200,
}
const statusOf = (fault: FaultName) => STATUS[fault] ?? 0

async function misbehave(c: Ctx, fault: FaultName, retryAfter: number): Promise<Response> {
  if (fault === 'too_many_requests') return c.json({ error: 'slow down' }, 429, { 'retry-after': String(retryAfter) })
  if (fault === 'web_page') return c.html('<!doctype html><html><body>Welcome</body></html>')
  if (fault === 'server_error' || fault === 'error_after_applying') return c.text('internal server error', 500)
  const { socket } = c.env.incoming
  if (fault === 'timeout_after_applying') await new Promise((resolve) => socket.once('close', resolve))
  else socket.destroy()
  return c.body(null)
}

const pause = (ms: number) => (ms === 0 ? null : new Promise((resolve) => setTimeout(resolve, ms)))

const querySchema = z.object({
  page: z.coerce.number().int().min(1).default(1),
  per_page: z.coerce.number().int().min(1).max(500).optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  internal_supplier_code: z.string().optional(),
})

function pull(c: Ctx, deps: ApiDeps): Answer {
  const query = querySchema.safeParse(c.req.query())
  if (!query.success) return { status: 400, body: { error: 'bad parameters' }, applied: false }
  const { page, per_page, limit, from, to, internal_supplier_code: code } = query.data
  const size = per_page ?? limit ?? 100
  const waiting = deps.store.all().filter((kept) => {
    return !kept.synced && isWithin(kept, from, to) && (code === undefined || kept.order.supplier_code === code)
  })
  const chosen = waiting.slice((page - 1) * size, page * size)
  const body = disturbed(chosen, deps.faults).map((kept) => kept.order)
  changeAfterwards(chosen, deps)
  return { status: 200, body, applied: true }
}

/** Assumed: `from` and `to` speak of the last change. */
function isWithin({ updated_at }: Kept, from: string | undefined, to: string | undefined): boolean {
  const at = Date.parse(updated_at)
  return !(from && at < Date.parse(from)) && !(to && at > Date.parse(to))
}

function disturbed(chosen: readonly Kept[], faults: Faults): readonly Kept[] {
  const twice = faults.hits('duplicate_pull', 'pull') ? [...chosen, ...chosen] : chosen
  if (!faults.hits('reorder_pull', 'pull')) return twice
  return twice
    .map((kept) => ({ kept, place: faults.chance() }))
    .sort((a, b) => a.place - b.place)
    .map(({ kept }) => kept)
}

function changeAfterwards(chosen: readonly Kept[], { store, faults, hooks }: ApiDeps): void {
  for (const { order } of chosen) {
    const place = hooks.findIndex((hook) => hook.order === order.hashed_id)
    const hook = place === -1 ? undefined : hooks.splice(place, 1)[0]
    if (hook) store.move(hook.order, hook.move)
  }
  const movable = chosen.filter(({ order }) => STEPS.retailer[order.status].length > 0)
  if (movable.length === 0 || !faults.hits('change_after_pull', 'pull')) return
  const subject = movable[Math.floor(faults.chance() * movable.length)]
  const to = subject ? STEPS.retailer[subject.order.status][0] : undefined
  if (subject && to) store.move(subject.order.hashed_id, { to, actor: 'retailer' })
}

const updateSchema = z.object({
  hashed_id: z.string(),
  status: z.enum([...STATUSES, 'synced']),
  retailer_otp: z.string().nullish(),
  cancellation_reason: z.string().nullish(),
  estimated_delivery_day: z.string().nullish(),
  delivery_day: z.string().nullish(),
  internal_supplier_code: z.string().nullish(),
})

function update(id: string, body: z.infer<typeof updateSchema> | undefined, { store }: ApiDeps): Answer {
  const kept = store.find(id)
  if (!kept) return { status: 404, body: { error: 'order not found' }, applied: false }
  if (!body || body.hashed_id !== id) return { status: 400, body: { error: 'bad body' }, applied: false }
  if (body.status === 'synced') return { status: 200, body: {}, applied: store.acknowledge(id) }
  const moved = store.move(id, {
    to: body.status,
    actor: 'supplier',
    reason: body.cancellation_reason ?? undefined,
    otp: body.retailer_otp ?? undefined,
  })
  if (!moved?.ok) return { status: 422, body: { error: moved?.message ?? '' }, applied: false }
  return { status: 200, body: {}, applied: moved.changed }
}
