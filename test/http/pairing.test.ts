import { describe, expect, test } from 'vitest'
import { bytesOf, CODE, changeOf, errorOf, keyOf, ODOO, pairedWorld, untouched, wakeOf, world } from './helpers.ts'

test('pairing gives the key that signs, the epoch, and asks the flows to begin', async () => {
  const made = world()
  const response = await made.post('/odoo/pair', ODOO)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({
    protocol: 1,
    sidecar: made.store.id,
    epoch: made.store.id,
    key: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
  })
  expect(made.pairing.state()).toMatchObject({
    uuid: 'uuid-1',
    fingerprint: 'finger-1',
    url: 'http://odoo.example:8069',
    db: 'shop',
  })
  expect(made.asked).toEqual(['pairingChanged'])
})

test('Odoo can be called only once its key has come, after its commit', async () => {
  const made = world()
  made.key = await keyOf(await made.post('/odoo/pair', ODOO))
  expect(made.pairing.account()).toBeNull()
  expect((await made.signed('/odoo/key', { login: 'sync', api_key: 'the-key' })).status).toBe(200)
  expect(made.pairing.account()).toEqual({
    url: 'http://odoo.example:8069',
    db: 'shop',
    login: 'sync',
    apiKey: 'the-key',
  })
  expect(made.asked).toEqual(['pairingChanged', 'pairingChanged'])
})

test('the pairing outlives a restart, and neither key stands in the log', async () => {
  const made = await pairedWorld()
  const again = made.restart()
  expect(again.pairing.account()).toEqual(made.pairing.account())
  made.clock.advance(2000)
  expect((await again.signed('/odoo/wake', wakeOf(made))).status).toBe(202)
  expect([...made.lines, ...again.lines].join('')).not.toMatch(/whsec_|api-key-of-odoo/)
})

describe('the code', () => {
  test('works once', async () => {
    const made = await pairedWorld()
    const response = await made.post('/odoo/pair', { ...ODOO, fingerprint: 'of-a-thief' })
    expect(await errorOf(response)).toMatchObject({ status: 401, code: 'pairing-code' })
    expect(made.pairing.state()?.fingerprint).toBe('finger-1')
  })

  test('when fixed by the environment, works once also across a restart', async () => {
    const again = (await pairedWorld()).restart()
    expect((await again.post('/odoo/pair', ODOO)).status).toBe(401)
  })

  test('is drawn and shown when none is fixed, and is not in the log', async () => {
    const made = world({ fixedCode: null })
    expect(made.codes).toHaveLength(1)
    expect(made.codes[0]).toMatch(/^([2-9a-z]{4}-){2}[2-9a-z]{4}$/)
    expect(made.lines.join('')).not.toContain(made.codes[0])
    expect((await made.post('/odoo/pair', { ...ODOO, code: made.codes[0] })).status).toBe(200)
  })

  test('is not drawn again by a sidecar that is paired', async () => {
    const made = world({ fixedCode: null })
    await made.post('/odoo/pair', { ...ODOO, code: made.codes[0] })
    expect(made.restart().codes).toEqual([])
  })

  test('is read as a person types it', async () => {
    const made = world()
    expect(
      (await made.post('/odoo/pair', { ...ODOO, code: ` ${CODE.toUpperCase().replaceAll('-', ' ')} ` })).status,
    ).toBe(200)
  })

  test('is void after five wrong ones, and a new one is shown', async () => {
    const made = world()
    for (let guess = 0; guess < 5; guess += 1)
      expect(await errorOf(await made.post('/odoo/pair', { ...ODOO, code: `wrong-${guess}` }))).toMatchObject({
        status: 401,
      })
    expect((await made.post('/odoo/pair', ODOO)).status).toBe(401)
    expect(made.codes).toHaveLength(1)
    expect((await made.post('/odoo/pair', { ...ODOO, code: made.codes[0] })).status).toBe(200)
  })

  test('a wrong one changes nothing and is not repeated in the log', async () => {
    const made = world()
    await made.post('/odoo/pair', { ...ODOO, code: 'wrong-code-4711' })
    expect(made.pairing.state()).toBeNull()
    expect(made.lines.join('')).not.toContain('4711')
    expect(made.asked).toEqual([])
  })
})

test('a pairing that Odoo rolled back leaves the one before in force', async () => {
  const made = await pairedWorld()
  const code = made.pairing.newCode()
  expect((await made.post('/odoo/pair', { ...ODOO, code })).status).toBe(200)
  expect((await made.signed('/odoo/wake', wakeOf(made))).status).toBe(202)
})

test('once the new key is used, the one before is void', async () => {
  const made = await pairedWorld()
  const before = made.key
  const code = made.pairing.newCode()
  made.key = await keyOf(await made.post('/odoo/pair', { ...ODOO, code }))
  await made.signed('/odoo/key', { login: 'sync', api_key: 'new' })
  expect((await made.signed('/odoo/wake', wakeOf(made), { key: before })).status).toBe(401)
  expect((await made.signed('/odoo/wake', wakeOf(made))).status).toBe(202)
})

test('another database is refused while changes of the first are under way, and taken when there are none', async () => {
  const made = await pairedWorld()
  const other = { ...ODOO, uuid: 'uuid-2', fingerprint: 'finger-2' }
  const received = await made.store.receive([
    { shop: '1', source: 'poll', change: changeOf('A', 'x'), receivedAt: made.clock.iso() },
  ])
  const code = made.pairing.newCode()
  expect(await errorOf(await made.post('/odoo/pair', { ...other, code }))).toMatchObject({
    status: 422,
    code: 'other-database',
  })
  expect(made.pairing.state()?.uuid).toBe('uuid-1')
  await made.store.closeInbox([received[0]?.id ?? ''], 'applied', '')
  expect((await made.post('/odoo/pair', { ...other, code })).status).toBe(200)
  expect(made.pairing.state()?.uuid).toBe('uuid-2')
})

test.each([
  ['another protocol', { protocol: 2 }, 422, 'protocol'],
  ['no address', { url: 'odoo' }, 400, 'bad-request'],
  ['an address of another kind', { url: 'file:///etc/passwd' }, 400, 'bad-request'],
  ['no database', { db: '' }, 400, 'bad-request'],
])('a pairing with %s is refused, and does not use up the code', async (_what, patch, status, code) => {
  const made = world()
  expect(await errorOf(await made.post('/odoo/pair', { ...ODOO, ...patch }))).toMatchObject({ status, code })
  expect((await made.post('/odoo/pair', ODOO)).status).toBe(200)
})

test('broken JSON, a body too large, or a compressed one is refused before the code is looked at', async () => {
  const made = world()
  expect((await made.post('/odoo/pair', '{')).status).toBe(400)
  expect((await made.post('/odoo/pair', bytesOf({ ...ODOO, more: 'x'.repeat(2000) }))).status).toBe(413)
  expect((await made.post('/odoo/pair', ODOO, { 'content-encoding': 'br' })).status).toBe(415)
  expect(made.pairing.state()).toBeNull()
})

test('a key for Odoo that is not signed is refused', async () => {
  const made = await pairedWorld()
  expect((await made.post('/odoo/key', { login: 'thief', api_key: 'x' })).status).toBe(401)
  expect(made.pairing.account()?.login).toBe('sync')
  expect(untouched(made, 'thief')).toEqual([])
})
