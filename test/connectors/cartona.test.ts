/** What is particular about Cartona: its wire, its silence about errors, its table. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cartona } from '../../sidecar/src/connectors/cartona/index.ts'
import type { PollPage, PushCommand } from '../../sidecar/src/connectors/contract.ts'
import { parseSettings } from '../../sidecar/src/connectors/index.ts'
import { never, SECRET_WORD } from './harness.ts'
import { type ScriptedServer, startScripted } from './scripted.ts'
import { all } from './suite.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const HTML = '<!DOCTYPE html><html><body>Bad gateway</body></html>'
let server: ScriptedServer

beforeEach(async () => {
  server = await startScripted()
})
afterEach(() => server.stop())

const open = (settings: Record<string, unknown> = {}, token = SECRET_WORD) =>
  cartona.open({
    settings: { base_url: `${server.url}/api/v1`, timeout_seconds: 1, ...settings },
    secrets: { token },
    fetch,
    now: () => NOW,
  })
const push = (command: Partial<PushCommand> = {}, settings: Record<string, unknown> = {}) =>
  open(settings).push({ ref: 'pPX2', from: null, to: 'approved', operation: 'op', inputs: {}, ...command }, never)
const answers = (...script: ScriptedServer['script']) => {
  server.script = script
}
const poll = async (settings: Record<string, unknown> = {}) => (await all(open(settings))).reduce(joined, EMPTY)
const EMPTY: PollPage = { changes: [], unreadable: [] }
const joined = (one: PollPage, two: PollPage): PollPage => ({
  changes: [...one.changes, ...two.changes],
  unreadable: [...one.unreadable, ...two.unreadable],
})
const order = (more: object = {}) => ({
  hashed_id: 'pPX2wRNM',
  receipt_id: 7001,
  status: 'pending',
  delivered_by: 'delivered_by_supplier',
  retailer: { retailer_name: 'Hayat Market', retailer_number: '+201003150160' },
  ...more,
})
const feed = (...orders: unknown[]) => answers({ body: JSON.stringify(orders) })

describe('what is sent', () => {
  it('carries the raw token, without the word Bearer, under the header that is set', async () => {
    await push()
    await push({}, { authorization_header: 'Authorization' })
    expect(server.asked.map(({ headers }) => [headers.authorizationtoken, headers.authorization])).toEqual([
      [SECRET_WORD, undefined],
      [undefined, SECRET_WORD],
    ])
  })

  it('names the order in the path and in an object body', async () => {
    await push()
    const [asked] = server.asked
    expect([asked?.method, asked?.url.pathname]).toEqual(['POST', '/api/v1/order/update-order-status/pPX2'])
    expect(JSON.parse(asked?.body ?? '')).toEqual({ hashed_id: 'pPX2', status: 'approved' })
  })

  it('cannot be led to another path by an odd reference', async () => {
    await push({ ref: '../x?y' })
    expect(server.asked[0]?.url.pathname).toBe('/api/v1/order/update-order-status/..%2Fx%3Fy')
  })

  it.each(['', '.', '..'])('is nothing at all for the reference "%s": its path would be the bulk call', async (ref) => {
    expect(await push({ ref })).toMatchObject({ kind: 'refused', code: 'unknown-order' })
    expect(server.asked).toEqual([])
  })

  it.each([
    ['delivered', { buyer_code: '4711' }, { retailer_otp: '4711' }],
    ['delivered', {}, {}],
    ['approved', { buyer_code: '4711' }, {}],
    ['cancelled_by_supplier', {}, { cancellation_reason: 'cannot_deliver_the_order' }],
    ['cancelled_by_supplier', { cancel_reason: 'Out of stock' }, { cancellation_reason: 'out_of_stock' }],
  ])('with %s and %j adds %j', async (to, inputs, added) => {
    await push({ to, inputs })
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({ hashed_id: 'pPX2', status: to, ...added })
  })

  it('is nothing at all when a person gave a reason that Cartona does not know', async () => {
    const result = await push({ to: 'cancelled_by_supplier', inputs: { cancel_reason: 'bad mood' } })
    expect(result).toMatchObject({ kind: 'refused', code: 'input-needed' })
    expect(server.asked).toEqual([])
  })

  it('names the supplier account when one token covers several', async () => {
    feed()
    await poll({ supplier_code: '2' })
    await push({}, { supplier_code: '2' })
    expect(server.asked[0]?.url.searchParams.get('internal_supplier_code')).toBe('2')
    expect(JSON.parse(server.asked[1]?.body ?? '')).toMatchObject({ internal_supplier_code: '2' })
  })

  it('acknowledges by the pseudo status synced', async () => {
    await open().acknowledge?.('pPX2', never)
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({ hashed_id: 'pPX2', status: 'synced' })
  })
})

describe('the answer to a write', () => {
  it.each([
    [200, '{}'],
    [200, '[]'],
    [200, ''],
    [200, 'OK'],
    [201, '{"hashed_id":"pPX2"}'],
    [200, '{"error":null,"errors":[],"success":true}'],
    [204, ''],
  ])('%i %s is done', async (status, body) => {
    answers({ status, body })
    expect(await push()).toEqual({ kind: 'done', answer: String(status) })
  })

  it.each([
    [401, '{}', 'refused', 'unauthorized'],
    [403, '{}', 'refused', 'unauthorized'],
    [404, '{"error":"order not found"}', 'refused', 'unknown-order'],
    [404, HTML, 'refused', 'not-configured'],
    [301, '', 'refused', 'not-configured'],
    [422, '{"error":"retailer_otp is invalid"}', 'refused', 'input-needed'],
    [422, 'cancellation_reason is not included in the list', 'refused', 'input-needed'],
    [422, 'order can not move from delivered to approved', 'refused', 'illegal-transition'],
    [409, '', 'refused', 'illegal-transition'],
    [400, 'bad body', 'refused', 'bad-request'],
    [422, '', 'refused', 'bad-request'],
    [429, '', 'retry', 'rate-limited'],
    [408, '', 'unknown', 'odd-answer'],
    [500, 'oops', 'unknown', 'odd-answer'],
    [502, HTML, 'unknown', 'odd-answer'],
    [503, '', 'unknown', 'odd-answer'],
    [200, HTML, 'unknown', 'odd-answer'],
    [200, '{"success":false}', 'unknown', 'odd-answer'],
    [200, '{"error":"no"}', 'unknown', 'odd-answer'],
  ])('%i %s is %s (%s)', async (status, body, kind, code) => {
    answers({ status, body })
    expect(await push()).toMatchObject({ kind, code })
  })

  it('that redirects is not followed: the token stays here', async () => {
    answers({ status: 302, headers: { location: `${server.url}/elsewhere` } })
    await push()
    expect(server.asked).toHaveLength(1)
  })

  it.each([
    ['30', 30_000],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    ['soon', undefined],
  ])('429 with Retry-After: %s waits that long', async (header, retryAfterMs) => {
    answers({ status: 429, headers: { 'retry-after': header } })
    const result = await push()
    expect(result.kind === 'retry' ? result.retryAfterMs : null).toBe(retryAfterMs)
  })

  it('is shown short and without token, code, phone or mail', async () => {
    const said = `token ${SECRET_WORD} otp 4711 call +20 100 315 0160 or ali@example.com ${'again '.repeat(90)}`
    answers({ status: 422, body: said })
    const { answer } = await push({ to: 'delivered', inputs: { buyer_code: '4711' } })
    expect(answer).toMatch(/^422 token \*\*\* otp \*\*\* call \*\*\* or \*\*\* again/)
    expect(answer.length).toBeLessThanOrEqual(200)
  })

  it('is not shown at all when it echoes the order: the retailer is in it', async () => {
    answers({ status: 422, body: JSON.stringify(order()) })
    expect(await push()).toMatchObject({ answer: '422 (an order)' })
  })
})

describe('a shop that cannot be reached', () => {
  it('when nobody listens, is surely not changed, and "Test connection" says so', async () => {
    await server.stop()
    expect(await push()).toMatchObject({ kind: 'retry', code: 'shop-unreachable' })
    expect(await open().test(never)).toEqual({
      ok: false,
      message: 'Cartona cannot be reached. Nobody listens at this address.',
    })
    server = await startScripted()
  })

  it('when its name does not exist, says to check the spelling', async () => {
    const session = open({ base_url: 'http://no-such-host.invalid/' })
    expect((await session.test(never)).message).toMatch(/^Cartona cannot be reached\. (This address|The name)/)
  })

  it('when its secure connection is none, says so', async () => {
    const session = open({ base_url: server.url.replace('http', 'https') })
    expect((await session.test(never)).message).toMatch(/secure connection failed/)
  })

  it.each([
    [401, '', /does not accept the token/],
    [404, '', /no Cartona API at this address/],
    [302, '', /redirects elsewhere/],
    [500, '', /a problem of its own/],
    [200, HTML, /a web page instead of a list of orders/],
    [200, '{}', /something else instead of a list/],
    [400, `what is ${SECRET_WORD}?`, /does not understand the question: 400 what is \*\*\*\?/],
  ])('and answers %i %s: "Test connection" tells what to do', async (status, body, words) => {
    answers({ status, body })
    expect(await open().test(never)).toMatchObject({ ok: false, message: expect.stringMatching(words) })
    expect(server.asked[0]?.url.searchParams.get('per_page')).toBe('1')
  })
})

describe('the feed', () => {
  it('asks for the window that is set, or for everything', async () => {
    feed()
    await poll({ window_hours: 24 })
    await poll({ window_hours: 0 })
    const [first, second] = server.asked.map(({ url }) => url.searchParams)
    expect([first?.get('from'), first?.get('to')]).toEqual(['2026-11-20T12:00:00.000Z', '2026-11-21T12:00:00.000Z'])
    expect([second?.get('from'), second?.get('page'), second?.get('per_page')]).toEqual([null, '1', '100'])
  })

  it('brings an order in our words, and nothing about the retailer', async () => {
    feed(order({ delivered_by: 'delivered_by_cartona', cancellation_reason: 'out_of_stock' }))
    const [change] = (await poll()).changes
    expect(change).toMatchObject({ ref: 'pPX2wRNM', number: '7001', status: 'pending', fulfilledBy: 'shop' })
    expect(change?.reason).toBe('Out of stock')
    expect(JSON.stringify(change)).not.toMatch(/Hayat|2010/)
  })

  it.each(['return', 'returned'])('understands %s as returned', async (status) => {
    feed(order({ status, return_reason: 'nobody at home' }))
    expect((await poll()).changes).toMatchObject([{ status: 'returned', reason: 'nobody at home' }])
  })

  it('hands on a status that it does not know: a person has to see it', async () => {
    feed(order({ status: 'lost_at_sea' }))
    expect((await poll()).changes).toMatchObject([{ status: 'lost_at_sea' }])
  })

  it.each([
    [{ installment_cost: 0, wallet_top_up: 0 }, {}],
    [{ installment_cost: '0.00', wallet_top_up: null }, {}],
    [{ installment_cost: 2990 }, { delivered: ['buyer_code'] }],
    [{ wallet_top_up: '0.5' }, { delivered: ['buyer_code'] }],
  ])('with %j needs %j', async (money, needs) => {
    feed(order(money))
    expect((await poll()).changes).toMatchObject([{ needs }])
  })

  it('keeps an unreadable order apart, and the others come through', async () => {
    feed(order({ hashed_id: 'a' }), order({ hashed_id: 'b', status: null }), 'nonsense', order({ hashed_id: 'c' }))
    const page = await poll()
    expect(page.changes.map((change) => change.ref)).toEqual(['a', 'c'])
    expect(page.unreadable).toEqual([
      { ref: 'b', problem: 'The order could not be read: status.' },
      { ref: '', problem: 'The order could not be read: the order itself.' },
    ])
  })

  it('leaves the orders of another supplier account alone', async () => {
    feed(order({ hashed_id: 'a', supplier_code: '1' }), order({ hashed_id: 'b', supplier_code: 2 }))
    expect((await poll({ supplier_code: '2' })).changes.map((change) => change.ref)).toEqual(['b'])
    expect((await poll()).changes).toHaveLength(2)
  })

  it('ends when the shop repeats its first page for ever', async () => {
    feed(order({ hashed_id: 'a' }), order({ hashed_id: 'b' }))
    expect((await poll({ page_size: 2 })).changes).toHaveLength(2)
    expect(server.asked).toHaveLength(2)
  })

  it('hands over the first page even when the second one fails', async () => {
    answers({ body: JSON.stringify([order({ hashed_id: 'a' })]) }, { status: 500 })
    const pages: PollPage[] = []
    const look = async () => {
      for await (const page of open({ page_size: 1 }).poll?.(never) ?? []) pages.push(page)
    }
    await expect(look()).rejects.toMatchObject({ name: 'ShopError', code: 'shop-error' })
    expect(pages).toHaveLength(1)
  })
})

describe('a delivery', () => {
  const SECRET = 'only-the-bridge-knows'
  const body = (text: object) => new TextEncoder().encode(JSON.stringify(text))
  const verify = (
    settings: object,
    headers: Record<string, string>,
    text: object = { hashed_id: 'a', status: 'return' },
  ) =>
    cartona
      .open({ settings: { ...settings }, secrets: { token: 't', webhook_secret: SECRET }, fetch, now: () => NOW })
      .verifyWebhook?.({ method: 'POST', path: '/', headers, body: body(text) }, NOW)
  const plain = { 'x-webhook-secret': SECRET }

  it('with the plain secret is taken only where that is switched on', () => {
    expect(verify({}, plain)).toMatchObject({ ok: false, status: 401 })
    expect(verify({ accept_plain_secret: true }, plain)).toMatchObject({ ok: true, changes: [{ status: 'returned' }] })
  })

  it.each(['', 'only', `${SECRET}x`])('with the wrong plain secret "%s" is rejected', (secret) => {
    expect(verify({ accept_plain_secret: true }, { 'x-webhook-secret': secret })).toMatchObject({
      ok: false,
      status: 401,
    })
  })

  it('names the order by hashed_id or by cartona_id; hashed_id wins', () => {
    const refs = [{ cartona_id: 5 }, { hashed_id: 'a' }, { hashed_id: 'a', cartona_id: 'b' }].map((names) => {
      const verdict = verify({ accept_plain_secret: true }, plain, { ...names, status: 'approved' })
      return verdict?.ok ? verdict.changes[0]?.ref : null
    })
    expect(refs).toEqual(['5', 'a', 'a'])
  })

  it('that is as short as key and status says nothing about who delivers and what will be asked', () => {
    const short = verify({ accept_plain_secret: true }, plain, { hashed_id: 'a', status: 'approved' })
    expect(short).toMatchObject({ ok: true, changes: [{ fulfilledBy: null, needs: null }] })
    const long = { hashed_id: 'a', status: 'approved', delivered_by: 'delivered_by_cartona', installment_cost: 5 }
    expect(verify({ accept_plain_secret: true }, plain, long)).toMatchObject({
      ok: true,
      changes: [{ fulfilledBy: 'shop', needs: { delivered: ['buyer_code'] } }],
    })
  })

  it('without an id of its own has the same id whenever its body is the same', () => {
    const idOf = (text: object) => {
      const verdict = verify({ accept_plain_secret: true }, plain, text)
      return verdict?.ok ? verdict.id : null
    }
    expect(idOf({ hashed_id: 'a', status: 'approved' })).toBe(idOf({ hashed_id: 'a', status: 'approved' }))
    expect(idOf({ hashed_id: 'a', status: 'approved' })).not.toBe(idOf({ hashed_id: 'a', status: 'pending' }))
  })
})

describe('the table', () => {
  it('at first says: validated is shipped, the first delivery counts, locking means delivered', () => {
    const { sale, locked, cancel } = cartona.mapping({}).outbound
    expect([sale.ready, sale.partial, sale.done, locked.done, sale.returned, cancel.done]).toEqual([
      'approved',
      'assigned_to_salesman',
      'assigned_to_salesman',
      'delivered',
      'returned',
      'conflict',
    ])
  })

  it.each([
    [{ on_delivery_done: 'delivered' }, ['delivered', 'delivered', 'delivered']],
    [{ partial_counts: 'last' }, ['approved', 'assigned_to_salesman', 'delivered']],
  ])('with %j: first delivery, all deliveries, locked after them -> %j', (settings, words) => {
    const { sale, locked } = cartona.mapping(settings).outbound
    expect([sale.partial, sale.done, locked.done]).toEqual(words)
  })

  it('never sends anything for an order whose return is under way', () => {
    const { outbound } = cartona.mapping({})
    for (const side of [outbound.sale, outbound.locked]) {
      expect([side.cancel, side.returning, side.partly_returned]).toEqual(['keep', 'keep', 'keep'])
    }
  })

  it('makes a return ready, and never says that goods came back', () => {
    expect(cartona.mapping({}).inbound.returned).toEqual({ order: 'locked', delivery: 'returning' })
  })

  it('takes "shipped" as not yet out of our house where our validation says delivered', () => {
    const { inbound } = cartona.mapping({ on_delivery_done: 'delivered' })
    expect(inbound.assigned_to_salesman).toEqual({ order: 'sale', delivery: 'ready' })
  })

  it('lets us set "returned" only where that is switched on', () => {
    expect(cartona.rules({}).notSettable).toContain('returned')
    expect(cartona.rules({ send_returned: true }).notSettable).not.toContain('returned')
  })
})

describe('the form', () => {
  it('names a wrong setting by its label, and never repeats a value', () => {
    const settings = { base_url: 'ftp://me:hidden@host', poll_seconds: 1, partial_counts: 'hidden' }
    const parsed = parseSettings(cartona, settings, { token: 'x' })
    expect(parsed).toEqual({
      ok: false,
      problems: [
        'Address of the API: must be an address that starts with https:// (or http://).',
        'An order in several deliveries is shipped with: must be one of: first, last.',
        'Look every (seconds): must be a whole number from 5 to 3600.',
      ],
    })
  })

  it('takes an emptied field as the default, and digits as a number', () => {
    const parsed = parseSettings(cartona, { base_url: '', poll_seconds: '30', send_returned: 'true' }, { token: ' x ' })
    expect(parsed).toMatchObject({ ok: true, settings: { poll_seconds: 30, send_returned: true, token: 'x' } })
  })

  it.each([
    [{}, 'two words', 'Token: holds a character that a key never has: paste it anew.'],
    [{}, 'tok\u2026en', 'Token: holds a character that a key never has: paste it anew.'],
    [
      { authorization_header: 'Auth Token' },
      'x',
      'Name of the token header: must be one word of letters, digits and dashes.',
    ],
  ])('with %j and the token "%s" says what could never be sent', (settings, token, problem) => {
    expect(parseSettings(cartona, settings, { token })).toEqual({ ok: false, problems: [problem] })
  })

  it('does not take a secret from the open settings', () => {
    expect(parseSettings(cartona, { token: 'left in the open' }, {})).toMatchObject({ ok: false })
  })
})
