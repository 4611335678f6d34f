import { describe, expect, test } from 'vitest'
import { newKey } from '../../sidecar/src/lib/hmac.ts'
import { bytesOf, errorOf, ODOO, pairedWorld, signature, untouched, wakeOf, world } from './helpers.ts'

const snapshot = {
  id: '11',
  shop: '1',
  ref: 'A',
  order: '5',
  order_name: 'S00005',
  company: '1',
  owner: true,
  fulfilled_by: 'us' as const,
  version: '3',
  theirs: 'approved',
  sent: [],
  operation: '',
  state: 'pending',
  ours: { order: 'sale' as const, delivery: 'done' as const },
  inputs: { buyer_code: '', cancel_reason: '' },
  answer: '' as const,
  rows: [],
}

test('a wake reaches the flows with what it carries, and is answered at once', async () => {
  const made = await pairedWorld()
  const response = await made.signed('/odoo/wake', wakeOf(made, { links: [snapshot] }))
  expect(response.status).toBe(202)
  expect(await response.json()).toEqual({})
  expect(made.wakes).toEqual([wakeOf(made, { links: [snapshot] })])
  expect(made.lines).toEqual([])
})

test('a wake of a copy of the database is not believed: it only makes the sidecar look', async () => {
  const made = await pairedWorld()
  const response = await made.signed('/odoo/wake', wakeOf(made, { fingerprint: 'of-the-copy', links: [snapshot] }))
  expect(response.status).toBe(202)
  expect(made.wakes).toMatchObject([{ fingerprint: 'of-the-copy', links: [] }])
})

describe('refused, with nothing stored and nothing logged but the fact', () => {
  const body = 'secret-body-4711'

  test('a wake without a signature', async () => {
    const made = await pairedWorld()
    expect(await errorOf(await made.post('/odoo/wake', wakeOf(made)))).toMatchObject({
      status: 401,
      code: 'header-missing',
    })
    expect(untouched(made)).toEqual([])
  })

  test('a wake with a wrong signature', async () => {
    const made = await pairedWorld()
    const response = await made.signed('/odoo/wake', { ...wakeOf(made), body }, { key: newKey() })
    expect(await errorOf(response)).toMatchObject({ status: 401, code: 'signature-invalid' })
    expect(untouched(made, body)).toEqual([])
  })

  test('a wake whose bytes were changed on the way', async () => {
    const made = await pairedWorld()
    const headers = signature(made, wakeOf(made))
    const response = await made.post('/odoo/wake', `${JSON.stringify(wakeOf(made))} `, headers)
    expect(await errorOf(response)).toMatchObject({ status: 401, code: 'signature-invalid' })
    expect(untouched(made)).toEqual([])
  })

  test.each([
    ['too old', -301_000, 'too-old'],
    ['from the future', 301_000, 'too-new'],
  ])('a wake that is %s', async (_what, byMs, code) => {
    const made = await pairedWorld()
    made.clock.advance(1_000_000)
    const response = await made.signed('/odoo/wake', wakeOf(made), { stampMs: made.clock.now() + byMs })
    expect(await errorOf(response)).toMatchObject({ status: 401, code })
    expect(untouched(made)).toEqual([])
  })

  test('a wake that is sent a second time, also minutes later', async () => {
    const made = await pairedWorld()
    const headers = signature(made, wakeOf(made))
    expect((await made.post('/odoo/wake', wakeOf(made), headers)).status).toBe(202)
    made.asked.length = 0
    made.clock.advance(299_000)
    expect(await errorOf(await made.post('/odoo/wake', wakeOf(made), headers))).toMatchObject({
      status: 401,
      code: 'replayed',
    })
    expect(untouched(made)).toEqual([])
  })

  test('a wake that was recorded before a restart, and is played after it', async () => {
    const made = await pairedWorld()
    const headers = signature(made, wakeOf(made))
    expect((await made.post('/odoo/wake', wakeOf(made), headers)).status).toBe(202)
    made.clock.advance(2000)
    const again = made.restart()
    expect(await errorOf(await again.post('/odoo/wake', wakeOf(made), headers))).toMatchObject({
      status: 401,
      code: 'before-start',
    })
    expect(untouched(again)).toEqual([])
  })

  test('a wake that is too large, by its header', async () => {
    const made = await pairedWorld()
    const large = { ...wakeOf(made), more: body.repeat(200) }
    expect(await errorOf(await made.signed('/odoo/wake', large))).toMatchObject({ status: 413, code: 'too-large' })
    expect(untouched(made, body)).toEqual([])
  })

  test('a wake that is too large, and does not say so', async () => {
    const made = await pairedWorld()
    const large = { ...wakeOf(made), more: body.repeat(200) }
    const stream = new Blob([bytesOf(large)]).stream()
    const init = { method: 'POST', body: stream, headers: signature(made, large), duplex: 'half' as const }
    expect(await errorOf(await made.app.request('/odoo/wake', init))).toMatchObject({ status: 413 })
    expect(untouched(made, body)).toEqual([])
  })

  test('a compressed body', async () => {
    const made = await pairedWorld()
    const response = await made.signed('/odoo/wake', wakeOf(made), { headers: { 'content-encoding': 'gzip' } })
    expect(await errorOf(response)).toMatchObject({ status: 415, code: 'compressed' })
    expect(untouched(made)).toEqual([])
  })

  test.each([
    ['broken JSON', `{"links": [${body}`, 'bad-json'],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'bad-json'],
    ['no body', '', 'bad-json'],
    ['a list', '[]', 'bad-request'],
    ['another form', `{"protocol": 1, "epoch": 4, "more": "${body}"}`, 'bad-request'],
  ])('a signed wake with %s', async (_what, bytes, code) => {
    const made = await pairedWorld()
    expect(await errorOf(await made.signed('/odoo/wake', bytes))).toMatchObject({ status: 400, code })
    expect(untouched(made, body)).toEqual([])
  })

  test('a wake of another protocol', async () => {
    const made = await pairedWorld()
    expect(await errorOf(await made.signed('/odoo/wake', wakeOf(made, { protocol: 2 })))).toMatchObject({
      status: 422,
      code: 'protocol',
    })
    expect(untouched(made)).toEqual([])
  })

  test('a wake of an Odoo that was paired with a store that is lost', async () => {
    const made = await pairedWorld()
    expect(await errorOf(await made.signed('/odoo/wake', wakeOf(made, { epoch: 'of-before' })))).toMatchObject({
      status: 422,
      code: 'epoch',
    })
    expect(untouched(made)).toEqual([])
  })

  test('a wake of an Odoo that is not paired', async () => {
    const made = world()
    const response = await made.signed('/odoo/wake', wakeOf(made), { key: newKey() })
    expect(await errorOf(response)).toMatchObject({ status: 401, code: 'no-key' })
    expect(untouched(made)).toEqual([])
  })
})

test('a refusal names no secret: neither headers nor body nor the reason why a signature failed', async () => {
  const made = await pairedWorld()
  const headers = signature(made, wakeOf(made), { key: newKey(), id: 'msg_peculiar' })
  await made.post('/odoo/wake', wakeOf(made), headers)
  expect(JSON.parse(made.lines[0] ?? '')).toEqual({
    level: 'warn',
    time: expect.any(String),
    route: '/odoo/wake',
    reason: 'signature-invalid',
    status: 401,
    msg: 'a call was refused',
  })
})

test('an Odoo whose clock is ten minutes ahead is understood once its clock is known, also after a restart', async () => {
  const made = await pairedWorld()
  const stampMs = made.clock.now() + 600_000
  expect((await made.signed('/odoo/wake', wakeOf(made), { stampMs })).status).toBe(401)
  made.pairing.learnOffset(600_000)
  expect((await made.signed('/odoo/wake', wakeOf(made), { stampMs })).status).toBe(202)
  made.clock.advance(2000)
  const again = made.restart()
  expect((await again.signed('/odoo/wake', wakeOf(made), { stampMs: stampMs + 4000 })).status).toBe(202)
})

test('a wake of the second in which the sidecar started is taken', async () => {
  const made = await pairedWorld()
  made.clock.advance(2000)
  const again = made.restart()
  expect((await again.signed('/odoo/wake', wakeOf(made))).status).toBe(202)
})

test('a change of the configuration is passed on', async () => {
  const made = await pairedWorld()
  expect((await made.signed('/odoo/config-changed', {})).status).toBe(202)
  expect(made.asked).toEqual(['configChanged'])
})

describe('the test button', () => {
  test('says that everything works, part by part', async () => {
    const made = await pairedWorld()
    const response = await made.signed('/odoo/test', { shop: '4' })
    expect(await response.json()).toEqual({
      ok: true,
      message: 'Everything works.',
      parts: [
        { name: 'sidecar', ok: true, message: 'The sidecar is paired and can store.' },
        { name: 'odoo', ok: true, message: 'The sidecar reaches Odoo.' },
      ],
    })
    expect(made.asked).toEqual(['test 4'])
  })

  test('names the part that does not', async () => {
    const made = await pairedWorld()
    made.answers.test = async () => [{ name: 'Cairo', ok: false, message: 'The shop refuses the token.' }]
    expect(await (await made.signed('/odoo/test', {})).json()).toMatchObject({
      ok: false,
      message: 'The shop refuses the token.',
    })
    expect(made.asked).toEqual(['test null'])
  })

  test('answers within the three seconds that Odoo waits, whatever hangs', async () => {
    const made = await pairedWorld()
    made.answers.test = () => new Promise(() => undefined)
    const started = Date.now()
    expect(await (await made.signed('/odoo/test', {})).json()).toMatchObject({ ok: false })
    expect(Date.now() - started).toBeLessThan(3000)
  })
})

describe('secrets of a shop', () => {
  test('are kept sealed, and only their dates go back', async () => {
    const made = await pairedWorld()
    const response = await made.signed('/odoo/secrets', { shop: '3', secrets: { token: 'tok-4711', otp: '' } })
    expect(await response.json()).toEqual({ set: { token: made.clock.iso() } })
    expect(made.store.secrets('3')).toEqual({ token: 'tok-4711' })
    expect(made.asked).toEqual(['configChanged'])
    expect(made.lines.join('')).not.toContain('tok-4711')
  })

  test('an empty value deletes', async () => {
    const made = await pairedWorld()
    await made.signed('/odoo/secrets', { shop: '3', secrets: { token: 'tok-4711' } })
    expect(await (await made.signed('/odoo/secrets', { shop: '3', secrets: { token: '' } })).json()).toEqual({
      set: {},
    })
  })

  test.each([
    ['no number', { shop: '@odoo', secrets: { wake_key: 'x' } }],
    ['no texts', { shop: '3', secrets: { token: 4 } }],
  ])('a shop that is %s is refused', async (_what, body) => {
    const made = await pairedWorld()
    expect(await errorOf(await made.signed('/odoo/secrets', body))).toMatchObject({ status: 400, code: 'bad-request' })
    expect(untouched(made)).toEqual([])
  })
})

test('unpairing cuts Odoo off, and shows a new code for the next', async () => {
  const made = await pairedWorld()
  expect((await made.signed('/odoo/unpair', {})).status).toBe(200)
  expect(made.pairing.state()).toBeNull()
  expect(made.pairing.account()).toBeNull()
  expect(made.asked).toEqual(['pairingChanged'])
  expect(await errorOf(await made.signed('/odoo/wake', wakeOf(made)))).toMatchObject({ status: 401, code: 'no-key' })
  expect((await made.post('/odoo/pair', { ...ODOO, code: made.codes.at(-1) })).status).toBe(200)
})
