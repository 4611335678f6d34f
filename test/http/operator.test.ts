import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { adminToken } from '../../sidecar/src/http/auth/admin.ts'
import { StoreError } from '../../sidecar/src/store/index.ts'
import { operation } from '../store/helpers.ts'
import { ADMIN, changeOf, errorOf, ODOO, pairedWorld, signedShop, type World, world } from './helpers.ts'

const asked = (made: World, path: string, token = ADMIN) =>
  made.app.request(path, { headers: { authorization: `Bearer ${token}` } })

describe('health', () => {
  test('the process lives, whatever else is wrong', async () => {
    const made = world()
    made.answers.health = [{ name: 'odoo', ok: false, message: 'Odoo does not answer.' }]
    made.store.problem = async () => new StoreError('full')
    const response = await made.app.request('/health/live')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ ok: true })
  })

  test('ready when each part is', async () => {
    const made = await pairedWorld()
    const response = await made.app.request('/health/ready')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      ok: true,
      parts: [
        { name: 'database', ok: true, message: '' },
        { name: 'odoo', ok: true, message: '' },
      ],
    })
  })

  test('not ready while one part is not, and that part says why', async () => {
    const made = await pairedWorld()
    made.answers.health = [{ name: 'Cairo', ok: false, message: 'The shop refuses the token.' }]
    const response = await made.app.request('/health/ready')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await response.json()).toMatchObject({
      ok: false,
      parts: [{ ok: true }, { ok: false, message: 'The shop refuses the token.' }],
    })
  })

  test('not ready while nothing can be stored', async () => {
    const made = await pairedWorld()
    made.store.problem = async () => new StoreError('full')
    expect(await (await made.app.request('/health/ready')).json()).toMatchObject({
      parts: [
        { name: 'database', ok: false, message: expect.stringContaining('disk of the sidecar is full') },
        { ok: true },
      ],
    })
  })

  test('not ready, instead of failing, when the store cannot be read', async () => {
    const made = await pairedWorld()
    made.store.counts = () => {
      throw new StoreError('corrupt')
    }
    const response = await made.app.request('/health/ready')
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ parts: [{ name: 'database', ok: false }, {}] })
  })
})

describe('the operator', () => {
  const paths = ['/api/v1/operations', '/api/v1/inbox', '/api/v1/unknown-orders', '/api/v1/pairing']

  test.each(paths)('%s is for the admin token only', async (path) => {
    const made = world()
    expect(await errorOf(await made.app.request(path))).toMatchObject({ status: 401, code: 'admin-token' })
    expect((await asked(made, path, `${ADMIN}x`)).status).toBe(401)
    expect((await made.app.request(path, { headers: { authorization: `Basic ${ADMIN}` } })).status).toBe(401)
    expect((await asked(made, path)).status).toBe(200)
    expect(made.lines.join('')).not.toContain(ADMIN)
  })

  test('sees what is under way, without what a person entered and who it was', async () => {
    const made = world()
    const one = operation({ inputs: { buyer_code: '471147' }, user: 'Marc Demo' })
    await made.store.record(one)
    await made.store.attempt({
      operation: one.id,
      at: made.clock.iso(),
      number: 1,
      to: 'x',
      outcome: 'retry',
      code: '429',
      answer: 'slow',
      durationMs: 3,
    })
    const text = await (await asked(made, '/api/v1/operations')).text()
    expect(JSON.parse(text)).toMatchObject({ total: 1, operations: [{ id: one.id, ref: 'A', state: 'recorded' }] })
    const single = await (await asked(made, `/api/v1/operations/${one.id}`)).text()
    expect(JSON.parse(single)).toMatchObject({ attempts: [{ outcome: 'retry' }] })
    expect(text + single).not.toMatch(/471147|Marc Demo/)
    expect((await asked(made, '/api/v1/operations/nobody')).status).toBe(404)
  })

  test('sees the inbox, also what is not due yet, and the orders that Odoo does not know', async () => {
    const made = world({ shops: [signedShop('1'), signedShop('2')] })
    const entry = (shop: string, ref: string) => ({
      shop,
      source: 'poll' as const,
      change: changeOf(ref, 'x'),
      receivedAt: made.clock.iso(),
    })
    await made.store.receive([entry('1', 'A'), entry('1', 'B'), entry('2', 'C')])
    await made.store.holdInbox(['1'], 'waiting', '2027-01-01T00:00:00.000Z', 'Odoo was busy')
    await made.store.holdInbox(['2', '3'], 'unknown-order', made.clock.iso(), '')
    expect(await (await asked(made, '/api/v1/inbox')).json()).toMatchObject({
      total: 1,
      rows: [{ ref: 'A', detail: 'Odoo was busy' }],
    })
    expect(await (await asked(made, '/api/v1/unknown-orders')).json()).toMatchObject({
      total: 2,
      orders: [{ ref: 'B' }, { ref: 'C' }],
    })
    expect(await (await asked(made, '/api/v1/unknown-orders?shop=2')).json()).toMatchObject({
      total: 1,
      orders: [{ ref: 'C' }],
    })
  })

  test('sees who is paired, and no key', async () => {
    const made = await pairedWorld()
    const text = await (await asked(made, '/api/v1/pairing')).text()
    expect(JSON.parse(text)).toMatchObject({ paired: true, key: true, db: 'shop' })
    expect(text).not.toMatch(/whsec_|api-key-of-odoo/)
  })

  test('may ask for a new pairing code, to pair again', async () => {
    const made = await pairedWorld()
    const response = await made.post('/api/v1/pairing-code', {}, { authorization: `Bearer ${ADMIN}` })
    expect(await response.json()).toEqual({ code: made.codes.at(-1) })
    expect((await made.post('/odoo/pair', { ...ODOO, code: made.codes.at(-1) })).status).toBe(200)
    expect((await made.post('/api/v1/pairing-code', {})).status).toBe(401)
  })
})

test('the admin token is the given one, or is drawn once and kept for its owner', () => {
  const DATA_DIR = join(mkdtempSync(join(tmpdir(), 'admin-')), 'data')
  expect(adminToken({ ADMIN_TOKEN: 'given-by-environment', DATA_DIR })).toBe('given-by-environment')
  const drawn = adminToken({ ADMIN_TOKEN: undefined, DATA_DIR })
  expect(drawn).toMatch(/^[\w-]{32}$/)
  expect(adminToken({ ADMIN_TOKEN: undefined, DATA_DIR })).toBe(drawn)
  expect(statSync(join(DATA_DIR, 'admin-token')).mode & 0o777).toBe(0o600)
  rmSync(join(DATA_DIR, '..'), { recursive: true })
})

describe('every answer', () => {
  test.each(['/health/live', '/nowhere', '/api/v1/inbox'])(
    'of %s carries the security headers, and is JSON',
    async (path) => {
      const response = await world().app.request(path)
      expect(response.headers.get('content-type')).toMatch(/^application\/json/)
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      })
    },
  )

  test('to an address that does not exist says so', async () => {
    expect(await errorOf(await world().app.request('/nowhere'))).toMatchObject({ status: 404, code: 'not-found' })
  })
})
