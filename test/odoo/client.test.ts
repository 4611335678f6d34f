import { afterEach, expect, test } from 'vitest'
import { handClock } from '../../sidecar/src/lib/clock.ts'
import { createOdooClient, type Heard, type OdooClientOptions } from '../../sidecar/src/odoo/connect.ts'
import { json, odooServer, versionInfo } from './server.ts'

const clock = handClock('2026-11-21T06:47:12.000Z')
const envelope = { protocol: 1, uuid: 'u', fingerprint: 'f', instance: 'i', now: '2026-11-21T06:57:12.000Z' }
const opened: { close(): void }[] = []
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
})

function client(url: string, patch: Partial<OdooClientOptions> = {}) {
  const account = { url, db: 'shop', login: 'sync', apiKey: 'k', epoch: 'e1', clock }
  const made = createOdooClient({ ...account, transport: 'json2', timeoutMs: 2000, ...patch })
  opened.push(made)
  return made
}

test('every request carries the protocol and the epoch, and goes to the method of its name', async () => {
  const answer = { ...envelope, links: [], more: false, unknown: [], results: [], stamp: '', unchanged: true }
  const { url, calls } = await odooServer(json(answer))
  const odoo = client(url)
  await odoo.claim({ limit: 1, lease_seconds: 30, holder: 'h' })
  await odoo.acknowledge({ items: [] })
  await odoo.read({ refs: [], links: ['1'] })
  await odoo.apply({ items: [] })
  await odoo.announce({ connectors: [] })
  await odoo.config({ since: '' })
  await odoo.report({ shops: [] })
  expect(calls.map((call) => call.path.replace('/json/2/marketplace.', ''))).toEqual([
    'outbox/claim',
    'outbox/acknowledge',
    'apply/read',
    'apply/apply',
    'connector/announce',
    'connector/config',
    'connector/report',
  ])
  for (const { body } of calls) expect(JSON.parse(body).request).toMatchObject({ protocol: 1, epoch: 'e1' })
})

test('it asks for the version once, and not at all when nobody calls', async () => {
  const { url, calls } = await odooServer((response, call) =>
    (call.path.startsWith('/web/') ? versionInfo(19) : json(envelope))(response, call),
  )
  const odoo = client(url, { transport: 'auto' })
  expect(calls).toHaveLength(0)
  await odoo.report({ shops: [] })
  await odoo.report({ shops: [] })
  expect(calls.filter((call) => call.path.startsWith('/web/'))).toHaveLength(1)
})

test('a server that was down when its version was asked is asked again', async () => {
  let up = false
  const { url } = await odooServer((response, call) => {
    if (!up) response.writeHead(503).end()
    else (call.path.startsWith('/web/') ? versionInfo(19) : json(envelope))(response, call)
  })
  const odoo = client(url, { transport: 'auto' })
  await expect(odoo.report({ shops: [] })).rejects.toMatchObject({ fault: 'busy' })
  up = true
  await expect(odoo.report({ shops: [] })).resolves.toMatchObject({ uuid: 'u' })
})

test('each answer tells how far the clock of Odoo is off, and which server process answered', async () => {
  const heard: Heard[] = []
  const { url } = await odooServer(json({ ...envelope, extra: 'x' }))
  await client(url, { onAnswer: (one) => heard.push(one) }).report({ shops: [] })
  expect(heard).toEqual([{ envelope, offsetMs: 600_000, tookMs: 0 }])
})

test('an answer that was long under way does not move the clock', async () => {
  const heard: Heard[] = []
  let slowMs = 0
  const { url } = await odooServer((response, call) => {
    const now = new Date(clock.now() + 600_000).toISOString()
    clock.advance(slowMs)
    json({ ...envelope, now })(response, call)
  })
  const odoo = client(url, { onAnswer: (one) => heard.push(one) })
  await odoo.report({ shops: [] })
  slowMs = 20_000
  await odoo.report({ shops: [] })
  expect(heard.map((one) => one.offsetMs)).toEqual([600_000, 600_000])
})

test('another database under the same address is not ours, and nothing is learnt from it', async () => {
  const heard: Heard[] = []
  const { url } = await odooServer(json(envelope))
  const odoo = client(url, { expect: { uuid: 'u', fingerprint: 'another' }, onAnswer: (one) => heard.push(one) })
  await expect(odoo.report({ shops: [] })).rejects.toMatchObject({ fault: 'not-ours', code: 'COPY' })
  expect(heard).toEqual([])
})

test('an addon of another protocol is named, with what to do', async () => {
  const { url } = await odooServer(json({ ...envelope, protocol: 2 }))
  await expect(client(url).report({ shops: [] })).rejects.toMatchObject({
    fault: 'not-ours',
    code: 'PROTOCOL',
    message: expect.stringContaining('upgrade the older'),
  })
})

test('an answer of another shape is refused, and says where', async () => {
  const { url } = await odooServer(json({ ...envelope, links: [{ id: 4 }], more: false }))
  await expect(client(url).claim({ limit: 1, lease_seconds: 1, holder: 'h' })).rejects.toMatchObject({
    fault: 'refused',
    code: 'PROTOCOL',
    message: expect.stringMatching(/marketplace\.outbox\.claim .*"links\.0\.id"/),
  })
})
