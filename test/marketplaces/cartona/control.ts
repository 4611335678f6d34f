/**
 * `/__standin/`: no part of the platform. Here a person plays the retailer, and a test sets the stage and reads the
 * ledger. Takes JSON and, for the page without script, forms.
 */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Hook } from './api.ts'
import { type Faults, faultsPatch } from './faults.ts'
import type { Ledger } from './ledger.ts'
import { type Moved, STATUSES } from './state.ts'
import type { OrderStore } from './store.ts'

export interface ControlDeps {
  readonly store: OrderStore
  readonly faults: Faults
  readonly ledger: Ledger
  readonly hooks: Hook[]
}

const amount = z.coerce.number().min(0)
const wantedSchema = z.object({
  hashed_id: z.string().min(1).optional(),
  receipt_id: z.string().min(1).optional(),
  supplier_code: z.string().min(1).optional(),
  status: z.enum(STATUSES).optional(),
  delivered_by: z.enum(['delivered_by_supplier', 'delivered_by_cartona']).optional(),
  installment_cost: amount.optional(),
  wallet_top_up: amount.optional(),
  lines: z.array(z.object({ product: z.string(), amount, price: amount })).optional(),
})
const manySchema = wantedSchema
  .omit({ hashed_id: true, receipt_id: true })
  .extend({ count: z.coerce.number().int().min(1).max(20_000), prefix: z.string().optional() })
const moveSchema = z.object({
  status: z.enum(STATUSES),
  actor: z.enum(['retailer', 'cartona', 'supplier']).default('retailer'),
  reason: z.string().optional(),
  otp: z.string().optional(),
})
const houseSchema = z.object({ accept_returned: z.boolean().optional(), echo: z.boolean().optional() })
const hookSchema = moveSchema.extend({ order: z.string().min(1) })

export function createControl({ store, faults, ledger, hooks }: ControlDeps) {
  const control = new Hono()

  control.get('/health', (c) => c.json({ ok: true, orders: store.all().length }))
  control.get('/orders', (c) => c.json(store.all()))
  control.get('/orders/:id', (c) => {
    const kept = store.find(c.req.param('id'))
    return kept ? c.json(kept) : c.json({ error: 'order not found' }, 404)
  })

  control.post('/orders', async (c) => {
    const wanted = wantedSchema.safeParse(await bodyOf(c))
    if (!wanted.success) return badBody(c, wanted.error)
    if (store.find(wanted.data.hashed_id ?? '')) return c.json({ error: 'this order exists already' }, 409)
    const made = store.create(wanted.data)
    return answer(c, made, 201, made.order.hashed_id)
  })

  control.post('/orders/many', async (c) => {
    const wanted = manySchema.safeParse(await bodyOf(c))
    if (!wanted.success) return badBody(c, wanted.error)
    const { count, prefix, ...order } = wanted.data
    const made = Array.from({ length: count }, (_, index) =>
      store.create({ ...order, hashed_id: prefix === undefined ? undefined : `${prefix}${index + 1}` }),
    )
    return answer(c, { orders: made.map((kept) => kept.order.hashed_id) }, 201, made.at(-1)?.order.hashed_id)
  })

  control.post('/orders/:id/status', async (c) => {
    const wanted = moveSchema.safeParse(await bodyOf(c))
    if (!wanted.success) return badBody(c, wanted.error)
    const { status, ...rest } = wanted.data
    return moved(c, store.move(c.req.param('id'), { to: status, ...rest }))
  })

  control.post('/orders/:id/edit', (c) => moved(c, store.move(c.req.param('id'), { to: 'editing', actor: 'retailer' })))
  control.post('/orders/:id/finish-editing', async (c) => {
    const amounts = amountsOf(await bodyOf(c))
    const id = c.req.param('id')
    if (!amounts) return c.json({ error: 'amounts must be numbers' }, 400)
    if (store.find(id)?.order.status === 'editing') store.setAmounts(id, amounts)
    return moved(c, store.move(id, { to: 'pending', actor: 'retailer' }))
  })
  control.post('/orders/:id/cancel', async (c) => {
    const { reason } = z.object({ reason: z.string().default('') }).parse(await bodyOf(c))
    return moved(c, store.move(c.req.param('id'), { to: 'cancelled_by_retailer', actor: 'retailer', reason }))
  })

  control.get('/faults', (c) => c.json({ ...faults.state(), house: store.house, hooks }))
  control.post('/faults', async (c) => {
    const patch = faultsPatch.safeParse(nested(await bodyOf(c)))
    if (!patch.success) return badBody(c, patch.error)
    faults.set(patch.data)
    return answer(c, faults.state(), 200)
  })
  control.post('/faults/reset', (c) => {
    faults.reset()
    hooks.length = 0
    return answer(c, faults.state(), 200)
  })
  control.post('/house', async (c) => {
    const house = houseSchema.safeParse(await bodyOf(c))
    if (!house.success) return badBody(c, house.error)
    store.setHouse(withoutUndefined(house.data))
    return c.json(store.house)
  })
  control.post('/hooks', async (c) => {
    const hook = hookSchema.safeParse(await bodyOf(c))
    if (!hook.success) return badBody(c, hook.error)
    const { order, status, ...rest } = hook.data
    hooks.push({ order, move: { to: status, ...rest } })
    return c.json({ hooks: hooks.length }, 201)
  })

  control.get('/requests', (c) => c.json(ledger.since(Number(c.req.query('since') ?? 0) || 0)))
  control.delete('/requests', (c) => {
    ledger.clear()
    return c.json({})
  })
  control.post('/reset', (c) => {
    store.reset()
    faults.reset()
    ledger.clear()
    hooks.length = 0
    return answer(c, {}, 200)
  })
  return control
}

const isForm = (c: Context) => (c.req.header('content-type') ?? '').includes('form')

/** A form's empty field means "not given". */
async function bodyOf(c: Context): Promise<unknown> {
  if (!isForm(c)) return c.req.json().catch(() => ({}))
  const fields = Object.entries(await c.req.parseBody())
  return Object.fromEntries(fields.filter(([, value]) => value !== ''))
}

/** The page's answer to a form is the page again; a program gets the data. */
function answer(c: Context, data: object, status: 200 | 201, order?: string) {
  if (!isForm(c)) return c.json(data, status)
  return c.redirect(order ? `/?order=${encodeURIComponent(order)}` : (c.req.header('referer') ?? '/'), 303)
}

function moved(c: Context, result: Moved | null) {
  if (!result) return c.json({ error: 'order not found' }, 404)
  if (!result.ok) return c.json({ error: result.message }, 409)
  return answer(c, result.kept, 200, result.kept.order.hashed_id)
}

function badBody(c: Context, error: z.ZodError) {
  return c.json({ error: error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') }, 400)
}

/** `amount.123` of a form, or `amounts: { 123: 2 }` of a program. */
function amountsOf(body: unknown): Record<string, number> | null {
  const flat = z.record(z.string(), z.unknown()).parse(nested(body))
  const amounts = z.record(z.string(), z.coerce.number().positive()).safeParse(flat.amounts ?? {})
  return amounts.success ? amounts.data : null
}

/** `knobs.web_page.count=1` of a form becomes `{ knobs: { web_page: { count: 1 } } }`. */
function nested(body: unknown): unknown {
  const root = new Map<string, unknown>()
  for (const [path, value] of Object.entries(z.record(z.string(), z.unknown()).parse(body))) {
    place(root, path.split('.'), value)
  }
  return plain(root)
}

function place(node: Map<string, unknown>, [head = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    node.set(head, value)
    return
  }
  const known = node.get(head)
  const child = known instanceof Map ? known : new Map<string, unknown>()
  node.set(head, child)
  place(child, rest, value)
}

function plain(node: unknown): unknown {
  if (!(node instanceof Map)) return node
  return Object.fromEntries([...node].map(([key, value]) => [key, plain(value)]))
}

function withoutUndefined(house: z.infer<typeof houseSchema>): { accept_returned?: boolean; echo?: boolean } {
  return {
    ...(house.accept_returned === undefined ? {} : { accept_returned: house.accept_returned }),
    ...(house.echo === undefined ? {} : { echo: house.echo }),
  }
}
