import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { newKey, parseKey, sign } from '../../sidecar/src/lib/hmac.ts'
import { StoreError } from '../../sidecar/src/store/index.ts'
import { bytesOf, errorOf, SHOP_KEY, signedShop, untouched, type World, world } from './helpers.ts'

const CAIRO_KEY = newKey()

/** As the shop does. */
function delivered(made: World, body: string, patch: { id?: string; key?: string; stampMs?: number } = {}) {
  const key = parseKey(patch.key ?? SHOP_KEY)
  if (!key) throw new Error('no key')
  const timestampSeconds = Math.floor((patch.stampMs ?? made.clock.now()) / 1000)
  return sign({ key, id: patch.id ?? randomUUID(), timestampSeconds, body: bytesOf(body) })
}

const send = (made: World, body: string, path = '/webhooks/1', patch = {}) =>
  made.post(path, body, delivered(made, body, patch))

const waiting = (made: World) =>
  made.store
    .waitingInbox(made.clock.iso(), 99)
    .map((row) => `${row.shop} ${row.ref} ${row.change.status} ${row.source}`)

test('a delivery is durable before the shop gets its answer, and the flows are told', async () => {
  const made = world({ shops: [signedShop('1')] })
  const response = await send(made, 'A:cancelled')
  expect(response.status).toBe(202)
  expect(waiting(made)).toEqual(['1 A cancelled webhook'])
  expect(made.asked).toEqual(['inboxChanged'])
  expect(made.lines).toEqual([])
})

test('the address of a connector serves each of its shops, told apart by their secrets', async () => {
  const made = world({ shops: [signedShop('1'), signedShop('2', CAIRO_KEY)] })
  expect((await send(made, 'A:x', '/testshop/status', { key: CAIRO_KEY })).status).toBe(202)
  expect((await send(made, 'B:x', '/testshop/status')).status).toBe(202)
  expect(waiting(made)).toEqual(['2 A x webhook', '1 B x webhook'])
})

test('a shop that is set not to receive keeps its news for later', async () => {
  const made = world({ shops: [signedShop('1', SHOP_KEY, false)] })
  expect((await send(made, 'A:x')).status).toBe(202)
  expect(waiting(made)).toEqual(['1 A x webhook'])
})

test('the same news under a new delivery is one inbox row', async () => {
  const made = world({ shops: [signedShop('1')] })
  expect((await send(made, 'A:x')).status).toBe(202)
  expect((await send(made, 'A:x')).status).toBe(202)
  expect(waiting(made)).toHaveLength(1)
})

describe('refused, with nothing stored and nothing logged but the fact', () => {
  const shops = [signedShop('1'), signedShop('2', null)]

  test('a delivery without a signature', async () => {
    const made = world({ shops })
    expect(await errorOf(await made.post('/webhooks/1', 'A:secret-4711'))).toMatchObject({
      status: 401,
      code: 'not-verified',
    })
    expect(untouched(made, '4711')).toEqual([])
  })

  test('a delivery with a wrong signature, at either address', async () => {
    const made = world({ shops })
    expect((await send(made, 'A:x', '/webhooks/1', { key: CAIRO_KEY })).status).toBe(401)
    expect(untouched(made)).toEqual([])
    made.lines.length = 0
    expect((await send(made, 'A:x', '/testshop/status', { key: CAIRO_KEY })).status).toBe(401)
    expect(untouched(made)).toEqual([])
  })

  test('a delivery whose bytes were changed on the way', async () => {
    const made = world({ shops })
    expect((await made.post('/webhooks/1', 'A:delivered', delivered(made, 'A:pending'))).status).toBe(401)
    expect(untouched(made)).toEqual([])
  })

  test('an old delivery', async () => {
    const made = world({ shops })
    expect((await send(made, 'A:x', '/webhooks/1', { stampMs: made.clock.now() - 301_000 })).status).toBe(401)
    expect(untouched(made)).toEqual([])
  })

  test('a delivery that is played a second time, at either address', async () => {
    const made = world({ shops })
    const headers = delivered(made, 'A:x')
    expect((await made.post('/webhooks/1', 'A:x', headers)).status).toBe(202)
    await made.store.closeInbox(['1'], 'applied', '')
    made.asked.length = 0
    made.clock.advance(200_000)
    expect(await errorOf(await made.post('/webhooks/1', 'A:x', headers))).toMatchObject({
      status: 401,
      code: 'replayed',
    })
    expect(untouched(made)).toEqual([])
    made.lines.length = 0
    expect((await made.post('/testshop/status', 'A:x', headers)).status).toBe(401)
    expect(untouched(made)).toEqual([])
  })

  test('a signed delivery that says nothing', async () => {
    const made = world({ shops })
    expect(await errorOf(await send(made, 'nonsense-4711'))).toMatchObject({
      status: 400,
      message: 'The delivery names no order.',
    })
    expect(untouched(made, '4711')).toEqual([])
  })

  test('a delivery that is too large', async () => {
    const made = world({ shops })
    expect((await send(made, `A:${'x'.repeat(2000)}`)).status).toBe(413)
    expect(untouched(made)).toEqual([])
  })

  test('a compressed delivery', async () => {
    const made = world({ shops })
    const headers = { ...delivered(made, 'A:x'), 'content-encoding': 'gzip' }
    expect((await made.post('/webhooks/1', 'A:x', headers)).status).toBe(415)
    expect(untouched(made)).toEqual([])
  })

  test.each([
    ['a shop that does not exist', '/webhooks/9'],
    ['a shop that takes no webhooks', '/webhooks/2'],
  ])('%s', async (_what, path) => {
    const made = world({ shops })
    expect(await errorOf(await send(made, 'A:x', path))).toMatchObject({ status: 404, code: 'no-shop' })
    expect(untouched(made)).toEqual([])
  })

  test('the address of a connector without an open shop', async () => {
    const made = world({ shops: [signedShop('1', null)] })
    expect(await errorOf(await send(made, 'A:x', '/testshop/status'))).toMatchObject({ status: 404, code: 'no-shop' })
  })
})

describe('when the store takes nothing', () => {
  function broken(fault: 'full' | 'bug') {
    const made = world({ shops: [signedShop('1')] })
    const receive = made.store.receive
    made.store.receive = () => Promise.reject(new StoreError(fault))
    const heal = () => {
      made.store.receive = receive
    }
    return { made, heal }
  }

  test('the shop is asked to come again, and the same delivery is then taken', async () => {
    const { made, heal } = broken('full')
    const headers = delivered(made, 'A:x')
    const response = await made.post('/webhooks/1', 'A:x', headers)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await errorOf(response)).toMatchObject({ status: 503, code: 'store-full' })
    expect(made.asked).toEqual([])
    heal()
    expect((await made.post('/webhooks/1', 'A:x', headers)).status).toBe(202)
    expect(waiting(made)).toHaveLength(1)
  })

  test('a fault of our own is not dressed up as a full disk', async () => {
    const { made } = broken('bug')
    expect(await errorOf(await send(made, 'A:x'))).toMatchObject({ status: 500, code: 'internal' })
    expect(JSON.parse(made.lines[0] ?? '')).toMatchObject({ level: 'error', err: { type: 'StoreError' } })
  })
})
