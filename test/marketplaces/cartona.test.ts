/** The stand-in keeps to what is known of Cartona, so that a test that passes against it means something. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { newOrder } from './cartona/orders.ts'
import { type CartonaServer, startCartona } from './cartona/server.ts'
import { type Actor, keptSchema, move, STATUSES, STEPS } from './cartona/state.ts'

const AT = '2026-11-21T12:00:00.000Z'
let server: CartonaServer

beforeEach(async () => {
  server = await startCartona({ token: 'right' })
})
afterEach(() => server.close())

const ask = (method: string, path: string, body?: object, token = 'right') =>
  fetch(`${server.url}${path}`, {
    method,
    headers: { authorizationtoken: token, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
const tell = async (path: string, body: object = {}) => (await ask('POST', `/__standin${path}`, body)).status
const update = (id: string, status: string, more: object = {}) =>
  ask('POST', `/api/v1/order/update-order-status/${id}`, { hashed_id: id, status, ...more })
const kept = async (id: string) => keptSchema.parse(await (await ask('GET', `/__standin/orders/${id}`)).json())
const story = async (id: string) => (await kept(id)).history.map((step) => `${step.actor}: ${step.to}`)
const pulled = async (query = '') => {
  const answer = await ask('GET', `/api/v1/order/pull-orders?${query}`)
  return z.array(z.object({ hashed_id: z.string(), status: z.string() })).parse(await answer.json())
}
const ids = async (query = '') => (await pulled(query)).map((order) => order.hashed_id)
const knob = (name: string, setting: object) => tell('/faults', { knobs: { [name]: setting } })

describe('the state machine', () => {
  const inStatus = (status: (typeof STATUSES)[number]) => newOrder({ status }, 1, AT)
  const house = { accept_returned: true, echo: true }
  const actors: Actor[] = ['retailer', 'supplier', 'cartona']

  it.each(actors)('lets %s make the listed steps, and no other', (actor) => {
    for (const from of STATUSES) {
      for (const to of STATUSES) {
        const listed = from === to || STEPS[actor][from].includes(to)
        const ownWord = actor !== 'supplier' || !['editing', 'cancelled_by_retailer'].includes(to)
        expect([from, to, move(inStatus(from), { to, actor, at: AT }, house).ok]).toEqual([from, to, listed && ownWord])
      }
    }
  })

  it('takes the same status again and notes nothing', () => {
    const result = move(inStatus('approved'), { to: 'approved', actor: 'supplier', at: AT }, house)
    expect(result).toMatchObject({ ok: true, changed: false, kept: { history: { length: 1 } } })
  })

  it('leaves final orders where they are', () => {
    for (const final of ['delivered', 'cancelled_by_retailer', 'cancelled_by_supplier', 'returned'] as const) {
      expect(actors.flatMap((actor) => STEPS[actor][final])).toEqual([])
    }
  })
})

describe('the API', () => {
  it('wants the token, raw and under its own header', async () => {
    expect((await ask('GET', '/api/v1/order/pull-orders', undefined, 'wrong')).status).toBe(401)
    expect((await ask('GET', '/api/v1/order/pull-orders', undefined, 'Bearer right')).status).toBe(401)
  })

  it.each([
    ['GET', '/api/v1/order/a'],
    ['GET', '/api/v1/orders/pull-orders'],
    ['POST', '/api/v1/order/cancel'],
    ['POST', '/api/v1/webhooks'],
    ['GET', '/api/v1/'],
  ])('does not know %s %s, as the platform does not', async (method, path) => {
    expect((await ask(method, path)).status).toBe(404)
  })

  it('pages the feed, and hides an acknowledged order until it changes', async () => {
    await tell('/orders/many', { count: 5, prefix: 'o' })
    expect(await ids('page=1&per_page=2')).toEqual(['o1', 'o2'])
    expect(await ids('page=3&per_page=2')).toEqual(['o5'])
    expect((await update('o2', 'synced')).status).toBe(200)
    expect(await ids('page=1&per_page=2')).toEqual(['o1', 'o3'])
    await tell('/orders/o2/cancel', { reason: 'delayed_order' })
    expect(await ids()).toContain('o2')
    expect(await story('o2')).toEqual(['retailer: pending', 'retailer: cancelled_by_retailer'])
  })

  it('keeps to the window', async () => {
    await tell('/orders', { hashed_id: 'a' })
    expect(await ids('from=2000-01-01T00:00:00Z')).toEqual(['a'])
    expect(await ids('to=2000-01-01T00:00:00Z')).toEqual([])
  })

  it('shows the supplier his own writes again, unless that is switched off', async () => {
    await tell('/orders', { hashed_id: 'a' })
    await update('a', 'synced')
    await update('a', 'approved')
    expect(await pulled()).toMatchObject([{ hashed_id: 'a', status: 'approved' }])
    await tell('/house', { echo: false })
    await update('a', 'synced')
    await update('a', 'assigned_to_salesman')
    expect(await pulled()).toEqual([])
  })

  it('wants the retailer’s code for delivered when money hangs on it', async () => {
    await tell('/orders', { hashed_id: 'a', status: 'assigned_to_salesman', wallet_top_up: 20 })
    expect((await update('a', 'delivered')).status).toBe(422)
    expect((await update('a', 'delivered', { retailer_otp: 'wrong' })).status).toBe(422)
    expect((await update('a', 'delivered', { retailer_otp: (await kept('a')).otp })).status).toBe(200)
  })

  it('never gives the code away', async () => {
    await tell('/orders', { hashed_id: 'a', wallet_top_up: 20 })
    const text = await (await ask('GET', '/api/v1/order/pull-orders')).text()
    expect(text).not.toContain((await kept('a')).otp)
  })

  it.each([
    ['approved', {}, 422],
    ['editing', {}, 422],
    ['synced', {}, 200],
  ])('while the retailer edits answers %s with %j by %i', async (status, more, code) => {
    await tell('/orders', { hashed_id: 'a', status: 'editing' })
    if (status === 'editing') await tell('/orders/a/finish-editing')
    expect((await update('a', status, more)).status).toBe(code)
  })

  it('of an order that Cartona delivers takes the cancellation only', async () => {
    await tell('/orders', { hashed_id: 'a', delivered_by: 'delivered_by_cartona' })
    expect((await update('a', 'approved')).status).toBe(422)
    expect((await update('a', 'cancelled_by_supplier', { cancellation_reason: 'out_of_stock' })).status).toBe(200)
    expect((await kept('a')).order.cancellation_reason).toBe('out_of_stock')
  })

  it('does not take returned, which its list lacks, nor an unknown reason', async () => {
    await tell('/orders', { hashed_id: 'a', status: 'assigned_to_salesman' })
    expect((await update('a', 'returned')).status).toBe(422)
    expect((await update('a', 'cancelled_by_supplier', { cancellation_reason: 'mood' })).status).toBe(422)
    await tell('/house', { accept_returned: true })
    expect((await update('a', 'returned')).status).toBe(200)
  })

  it('says 404 to an order that it does not have and 400 to a body that names another', async () => {
    await tell('/orders', { hashed_id: 'a' })
    expect((await update('b', 'approved')).status).toBe(404)
    expect((await update('a', 'approved', { hashed_id: 'b' })).status).toBe(400)
  })
})

describe('the faults', () => {
  beforeEach(() => tell('/orders', { hashed_id: 'a' }))

  it.each([
    ['too_many_requests', 429, 'pending'],
    ['server_error', 500, 'pending'],
    ['error_after_applying', 500, 'approved'],
    ['web_page', 200, 'pending'],
  ])('%s answers %i once, and the order is %s', async (fault, status, after) => {
    await knob(fault, { count: 1 })
    expect((await update('a', 'approved')).status).toBe(status)
    expect((await kept('a')).order.status).toBe(after)
    expect((await update('a', 'approved')).headers.get('content-type')).toBe('application/json')
  })

  it.each([
    ['drop_before_applying', 'pending'],
    ['drop_after_applying', 'approved'],
  ])('%s breaks the connection, and the order is %s', async (fault, after) => {
    await knob(fault, { count: 1 })
    await expect(update('a', 'approved')).rejects.toThrow()
    expect((await kept('a')).order.status).toBe(after)
  })

  it('timeout_after_applying never answers, and the stand-in can still be closed', async () => {
    await knob('timeout_after_applying', { count: 1 })
    const hanging = update('a', 'approved').catch(() => 'no answer')
    await expect.poll(async () => (await kept('a')).order.status).toBe('approved')
    await server.close()
    expect(await hanging).toBe('no answer')
  })

  it('hits only the calls it is set for', async () => {
    await knob('server_error', { count: 1, on: 'acknowledge' })
    expect((await update('a', 'approved')).status).toBe(200)
    expect((await update('a', 'synced')).status).toBe(500)
  })

  it('by probability is the same row for the same seed', async () => {
    const row = async () => {
      await tell('/faults', { seed: 7, knobs: { server_error: { probability: 0.5 } } })
      const codes: number[] = []
      for (let call = 0; call < 12; call += 1) codes.push((await update('a', 'synced')).status)
      return codes
    }
    const first = await row()
    expect(new Set(first)).toEqual(new Set([200, 500]))
    expect(await row()).toEqual(first)
  })

  it('doubles and reorders the feed', async () => {
    await tell('/orders/many', { count: 4, prefix: 'b' })
    const plain = await ids()
    await knob('duplicate_pull', { count: 1 })
    expect(await ids()).toEqual([...plain, ...plain])
    await knob('reorder_pull', { count: 1 })
    const mixed = await ids()
    expect(mixed).not.toEqual(plain)
    expect([...mixed].sort()).toEqual([...plain].sort())
  })

  it('lets the retailer act between the pull and the acknowledgement', async () => {
    await tell('/hooks', { order: 'a', status: 'cancelled_by_retailer', reason: 'delayed_order' })
    expect(await pulled()).toMatchObject([{ status: 'pending' }])
    expect((await kept('a')).order.status).toBe('cancelled_by_retailer')
    await tell('/orders', { hashed_id: 'b' })
    await knob('change_after_pull', { count: 1 })
    expect((await pulled()).find((order) => order.hashed_id === 'b')).toMatchObject({ status: 'pending' })
    expect(await story('b')).toEqual(['retailer: pending', 'retailer: editing'])
  })

  it('delays answers', async () => {
    await tell('/faults', { latency_ms: 60 })
    const begun = performance.now()
    await update('a', 'approved')
    expect(performance.now() - begun).toBeGreaterThanOrEqual(55)
  })
})

describe('the ledger', () => {
  it('tells every request with its outcome, and never a token', async () => {
    await tell('/orders', { hashed_id: 'a' })
    await pulled()
    await knob('drop_after_applying', { count: 1 })
    await update('a', 'approved').catch(() => null)
    await update('a', 'delivered')
    const text = await (await ask('GET', '/__standin/requests')).text()
    expect(JSON.parse(text)).toMatchObject([
      { wanted: '', status: 200 },
      { order: 'a', wanted: 'approved', status: 0, fault: 'drop_after_applying', applied: true },
      { order: 'a', wanted: 'delivered', status: 422, applied: false },
    ])
    expect(text).not.toContain('right')
  })
})

describe('a restart', () => {
  it('finds the orders as they were, also after a line was cut in two', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cartona-'))
    const dataFile = join(folder, 'orders.jsonl')
    try {
      await server.close()
      server = await startCartona({ token: 'right', dataFile })
      await tell('/orders', { hashed_id: 'a' })
      await update('a', 'approved')
      await update('a', 'synced')
      const before = await kept('a')
      await server.close()
      appendFileSync(dataFile, '{"order":{"hashed_id":"b"')
      server = await startCartona({ token: 'right', dataFile })
      expect(await kept('a')).toEqual(before)
      expect(readFileSync(dataFile, 'utf8').trim().split('\n')).toHaveLength(1)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the page', () => {
  const page = async (path = '/') => (await fetch(`${server.url}${path}`)).text()
  const submit = (path: string, fields: Record<string, string>) =>
    fetch(`${server.url}/__standin${path}`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })

  it('says what to do when there are no orders', async () => {
    expect(await page()).toContain('There are no orders yet.')
  })

  it('works without script: a form places an order and leads to its story', async () => {
    const answer = await submit('/orders', { hashed_id: 'a', installment_cost: '' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/?order=a'])
    expect(await page('/?order=a')).toMatch(/<strong>You<\/strong> placed the order/)
  })

  it('lets the retailer edit, change an amount, finish and cancel', async () => {
    await submit('/orders', { hashed_id: 'a' })
    await submit('/orders/a/edit', {})
    const line = (await kept('a')).order.order_details[0]
    await submit('/orders/a/finish-editing', { [`amounts.${line?.id}`]: '9' })
    await submit('/orders/a/cancel', { reason: 'different_prices' })
    expect((await kept('a')).order.order_details[0]?.amount).toBe(9)
    expect(await page('/?order=a')).toContain('Different prices')
  })

  it('says no to a step that the retailer cannot make', async () => {
    await tell('/orders', { hashed_id: 'a', status: 'delivered' })
    expect((await submit('/orders/a/cancel', {})).status).toBe(409)
  })

  it('shows which faults are on', async () => {
    await submit('/faults', { latency_ms: '250', 'knobs.web_page.count': '3' })
    expect(await page()).toContain('Answers delayed by 250 ms. Answer with a web page, do nothing (next 3)')
    await submit('/faults/reset', {})
    expect(await page()).toContain('All is well.')
  })

  it('shows what somebody typed as text, never as markup', async () => {
    await tell('/orders', { hashed_id: '<script>x</script>' })
    expect(await page()).not.toContain('<script>x')
    expect(await page('/?search=%22%3E%3Cscript%3Ex')).not.toContain('<script>x')
  })
})
