import net from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import Deserializer from 'xmlrpc/lib/deserializer.js'
import type { OdooError } from '../../sidecar/src/odoo/client.ts'
import { type ConnectSettings, connect } from '../../sidecar/src/odoo/connect.ts'
import { afterLogin, json, odooServer, portOf, text, versionInfo, xml, xmlFault } from './server.ts'

const opened: { close(): void }[] = []
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
})

async function open(url: string, patch: Partial<ConnectSettings> = {}) {
  const account = { url, db: 'shop', login: 'sync', apiKey: 'the-key', timeoutMs: 2000 }
  const transport = await connect({ ...account, transport: 'json2', ...patch })
  opened.push(transport)
  return transport
}

/** The error of one call, through a server that replies so. */
async function faultOf(kind: 'json2' | 'xmlrpc', reply: Parameters<typeof odooServer>[0], timeoutMs = 2000) {
  const { url } = await odooServer(kind === 'xmlrpc' ? afterLogin(reply) : reply)
  const transport = await open(url, { transport: kind, timeoutMs })
  return transport.call('marketplace.outbox', 'claim', { limit: 1 }).then(
    (value) => ({ fault: 'none', code: '', message: JSON.stringify(value) }),
    (error: OdooError) => ({ fault: error.fault, code: error.code, message: error.message }),
  )
}

describe('JSON-2', () => {
  test('sends one POST with the key, the database and the request by name', async () => {
    const { url, calls } = await odooServer(json({ links: [] }))
    const transport = await open(`${url}/`)
    expect(await transport.call('marketplace.outbox', 'claim', { limit: 5, text: 'ًطلب' })).toEqual({ links: [] })
    expect(calls).toHaveLength(1)
    expect(calls[0]?.path).toBe('/json/2/marketplace.outbox/claim')
    expect(calls[0]?.headers).toMatchObject({ authorization: 'bearer the-key', 'x-odoo-database': 'shop' })
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual({ request: { limit: 5, text: 'ًطلب' } })
  })

  test('keeps the path of an address under which a proxy serves Odoo', async () => {
    const { url, calls } = await odooServer(json({}))
    await (await open(`${url}/odoo`)).call('a', 'b', {})
    expect(calls[0]?.path).toBe('/odoo/json/2/a/b')
  })

  const odooSays = (name: string, message: string, status: number, debug = '') =>
    json({ name: `odoo.exceptions.${name}`, message, arguments: [message], context: {}, debug }, status)

  const cases: [string, Parameters<typeof odooServer>[0], string, string][] = [
    ['the key is not accepted', odooSays('AccessDenied', 'Access Denied', 401), 'login', 'LOGIN'],
    ['the protocol differs', odooSays('UserError', 'PROTOCOL: upgrade the addon.', 422), 'not-ours', 'PROTOCOL'],
    ['the epoch differs', odooSays('UserError', 'EPOCH: pair again.', 422), 'not-ours', 'EPOCH'],
    ['nobody is paired', odooSays('UserError', 'NOT_PAIRED: pair first.', 422), 'not-ours', 'NOT_PAIRED'],
    ['a copy answers', odooSays('UserError', 'COPY: pair this copy.', 422), 'not-ours', 'COPY'],
    ['Odoo says no', odooSays('UserError', 'Not in this state.', 422), 'refused', 'USER_ERROR'],
    ['a right is missing', odooSays('AccessError', 'You are not allowed', 403), 'refused', 'ACCESS'],
    [
      'the addon is missing',
      odooSays('NotFound', "404: the model 'marketplace.outbox' does not exist", 404),
      'refused',
      'ADDON',
    ],
    ['the database is missing', text('<h1>Not Found</h1>', 404), 'not-ours', 'DATABASE'],
    ['a method is missing', odooSays('NotFound', "404: the method 'x' does not exist", 404), 'refused', 'NOT_FOUND'],
    [
      'two changes met',
      json({ name: 'psycopg2.errors.SerializationFailure', message: 'could not serialize access' }, 500),
      'busy',
      'BUSY',
    ],
    [
      'Odoo fails',
      json({ name: 'builtins.ValueError', message: 'boom', debug: 'Traceback' }, 500),
      'refused',
      'SERVER_ERROR',
    ],
    ['a proxy says 502', text('bad gateway', 502), 'busy', 'HTTP_502'],
    ['Odoo restarts, 503', text('restarting', 503), 'busy', 'HTTP_503'],
    ['a proxy says 504', text('gateway timeout', 504), 'unknown', 'HTTP_504'],
    ['too many calls', text('slow', 429), 'busy', 'HTTP_429'],
    ['a page answers with 200', text('<html>Log in</html>', 200), 'not-ours', 'PAGE'],
    [
      'it is an Odoo 18, which sends to the login',
      text('', 303, 'text/html', { location: '/web/login?redirect=%2Fjson' }),
      'not-ours',
      'NO_JSON2',
    ],
    [
      'it redirects to the database list',
      text('', 303, 'text/html', { location: '/web/database/selector' }),
      'not-ours',
      'DATABASE',
    ],
    ['it redirects elsewhere', text('', 301, 'text/html', { location: 'https://other/' }), 'not-ours', 'REDIRECT'],
    ['the answer is cut short', text('{"links": [', 200, 'application/json'), 'unknown', 'BODY'],
  ]
  test.each(cases)('when %s', async (_when, reply, fault, code) => {
    expect(await faultOf('json2', reply)).toMatchObject({ fault, code })
  })

  test('the sentence behind a code of ours arrives without the code', async () => {
    const { message } = await faultOf('json2', odooSays('UserError', 'COPY: This is a copy. Pair it again.', 422))
    expect(message).toBe('This is a copy. Pair it again.')
  })

  test('nothing that goes wrong repeats the key', async () => {
    for (const [, reply] of cases) expect((await faultOf('json2', reply)).message).not.toContain('the-key')
  })
})

describe('XML-RPC', () => {
  test('logs in once, then sends every request with the key', async () => {
    const { url, calls } = await odooServer(afterLogin(xml({ links: [{ id: '1', owner: true }], more: false })))
    const transport = await open(url, { transport: 'xmlrpc' })
    const answers = await Promise.all(
      [1, 2, 3].map((limit) => transport.call('marketplace.outbox', 'claim', { limit })),
    )
    expect(answers[2]).toEqual({ links: [{ id: '1', owner: true }], more: false })
    expect(calls.map((call) => call.path).sort()).toEqual(['/xmlrpc/2/common', ...Array(3).fill('/xmlrpc/2/object')])
    expect(await paramsOf(calls.at(-1)?.body ?? '')).toEqual([
      'execute_kw',
      ['shop', 7, 'the-key', 'marketplace.outbox', 'claim', [{ limit: 3 }], {}],
    ])
  })

  test('carries every text: markup, an end of CDATA, other scripts, and none of what XML cannot hold', async () => {
    const { url, calls } = await odooServer(afterLogin(xml({})))
    const transport = await open(url, { transport: 'xmlrpc' })
    const texts = ['a < b & c > d', 'x ]]> y', '  spaces  ', 'ملغي', '😀', '', 'tab\tnew\nline']
    await transport.call('m', 'n', { texts, gone: undefined, control: 'a\u0000b\u0008c\ud800d' })
    const [, params] = await paramsOf(calls.at(-1)?.body ?? '')
    expect(params[5]).toEqual([{ texts, control: 'abcd' }])
  })

  const traceback = (last: string) => `Traceback (most recent call last):\n  File "x.py", line 1, in y\n${last}\n`
  const cases: [string, Parameters<typeof odooServer>[0], string, string][] = [
    [
      'the answer cannot be marshalled, though it is done',
      xmlFault(1, traceback('TypeError: cannot marshal None unless allow_none is enabled')),
      'unknown',
      'MARSHAL',
    ],
    ['the key is not accepted', xmlFault(3, 'Access Denied'), 'login', 'LOGIN'],
    ['a right is missing', xmlFault(4, 'You are not allowed to access this'), 'refused', 'ACCESS'],
    ['the epoch differs', xmlFault(2, 'EPOCH: pair again.'), 'not-ours', 'EPOCH'],
    ['a copy answers', xmlFault(2, 'COPY: This is a copy.'), 'not-ours', 'COPY'],
    ['Odoo says no', xmlFault(2, 'Not in this state.'), 'refused', 'USER_ERROR'],
    [
      'two changes met',
      xmlFault(
        1,
        traceback('psycopg2.errors.SerializationFailure: could not serialize access due to concurrent update'),
      ),
      'busy',
      'BUSY',
    ],
    [
      'the database is missing',
      xmlFault(1, traceback('psycopg2.OperationalError: FATAL:  database "shop" does not exist')),
      'not-ours',
      'DATABASE',
    ],
    ['the addon is missing, says Odoo 18', xmlFault(2, "Object marketplace.outbox doesn't exist"), 'refused', 'ADDON'],
    ['it redirects to the login', text('', 303, 'text/html', { location: '/web/login' }), 'login', 'LOGIN'],
    ['the addon is missing', xmlFault(1, traceback("KeyError: 'marketplace.outbox'")), 'refused', 'ADDON'],
    ['Odoo fails', xmlFault(1, traceback('ValueError: boom')), 'refused', 'SERVER_ERROR'],
    ['a page answers with 200', text('<html>Choose a database</html>', 200), 'not-ours', 'PAGE'],
    ['a proxy says 502', text('bad gateway', 502), 'busy', 'HTTP_502'],
    ['the answer is no XML', text('<methodResponse><params>', 200, 'text/xml'), 'unknown', 'BODY'],
  ]
  test.each(cases)('when %s', async (_when, reply, fault, code) => {
    expect(await faultOf('xmlrpc', reply)).toMatchObject({ fault, code })
  })

  test('when the login itself is refused, and it asks anew the next time', async () => {
    let user: unknown = false
    const { url } = await odooServer((response, call) => afterLogin(xml({ ok: true }), user)(response, call))
    const transport = await open(url, { transport: 'xmlrpc' })
    await expect(transport.call('m', 'n', {})).rejects.toMatchObject({ fault: 'login' })
    user = 7
    expect(await transport.call('m', 'n', {})).toEqual({ ok: true })
  })

  test('a failure of Odoo is told by its last line, not by its whole traceback', async () => {
    const { message } = await faultOf('xmlrpc', xmlFault(1, traceback('ValueError: boom')))
    expect(message).toBe('Odoo failed: ValueError: boom')
  })
})

describe('which transport', () => {
  test.each([
    [19, 'json2'],
    [20, 'json2'],
    [18, 'xmlrpc'],
    ['saas~18', 'xmlrpc'],
    ['saas~19', 'json2'],
  ])('Odoo %s is spoken to by %s', async (version, kind) => {
    const { url, calls } = await odooServer(versionInfo(version))
    expect((await open(url, { transport: 'auto' })).kind).toBe(kind)
    expect(calls[0]?.path).toBe('/web/webclient/version_info')
  })

  test('something that is no Odoo is named as such', async () => {
    const { url } = await odooServer(json({ hello: 'world' }))
    await expect(open(url, { transport: 'auto' })).rejects.toMatchObject({ fault: 'not-ours', code: 'NOT_ODOO' })
    const page = await odooServer(text('<html>hello</html>', 200))
    await expect(open(page.url, { transport: 'auto' })).rejects.toMatchObject({ fault: 'not-ours', code: 'PAGE' })
  })
})

describe('the connection', () => {
  test('nobody listens: nothing happened there for sure', async () => {
    const { url, server } = await odooServer(json({}))
    await new Promise((done) => server.close(done))
    const transport = await open(url)
    await expect(transport.call('m', 'n', {})).rejects.toMatchObject({
      fault: 'unreachable',
      code: 'ECONNREFUSED',
      retryable: true,
    })
  })

  test('a name that does not resolve', async () => {
    const transport = await open('http://odoo.invalid')
    await expect(transport.call('m', 'n', {})).rejects.toMatchObject({ fault: 'unreachable' })
  })

  test('no answer in time: it may have been done', async () => {
    expect(await faultOf('json2', () => undefined, 80)).toMatchObject({ fault: 'unknown', code: 'TIMEOUT' })
  })

  test('an answer that stops in the middle', async () => {
    const fault = await faultOf('json2', (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"a":')
      setTimeout(() => response.destroy(), 20)
    })
    expect(fault).toMatchObject({ fault: 'unknown' })
  })

  test('a trickling answer ends at the same deadline', async () => {
    const started = Date.now()
    const fault = await faultOf(
      'json2',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const timer = setInterval(() => response.write(' '), 20)
        response.once('close', () => clearInterval(timer))
      },
      150,
    )
    expect(fault).toMatchObject({ fault: 'unknown', code: 'TIMEOUT' })
    expect(Date.now() - started).toBeLessThan(1500)
  })

  test('a connection that is dropped after the request was read', async () => {
    expect(await faultOf('json2', (response) => response.destroy())).toMatchObject({ fault: 'unknown' })
  })

  test('is kept warm, and one that went stale meanwhile costs nothing', async () => {
    let sockets = 0
    const { url, server } = await odooServer(json({ ok: true }))
    server.on('connection', () => {
      sockets += 1
    })
    const transport = await open(url)
    for (let i = 0; i < 5; i += 1) await transport.call('m', 'n', {})
    expect(sockets).toBe(1)
    const stale = await staleServer()
    const other = await open(stale)
    expect(await other.call('m', 'n', {})).toEqual({ ok: 1 })
    expect(await other.call('m', 'n', {})).toEqual({ ok: 1 })
  })
})

/** Answers the first request of a connection, and resets the connection at the second. */
async function staleServer(): Promise<string> {
  const server = net.createServer((socket) => {
    let requests = 0
    socket.on('error', () => undefined)
    socket.on('data', () => {
      requests += 1
      if (requests > 1) socket.resetAndDestroy()
      else socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 8\r\n\r\n{"ok":1}')
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  opened.push({ close: () => server.close() })
  return `http://127.0.0.1:${portOf(server.address())}`
}

function paramsOf(body: string): Promise<[string, unknown[]]> {
  return new Promise((resolve, reject) => {
    new Deserializer().deserializeMethodCall(Readable.from([body]), (error, method, params) => {
      if (error) reject(error)
      else resolve([method, params])
    })
  })
}

test('closing leaves no connection behind', async () => {
  const { url, server } = await odooServer(json({}))
  const transport = await open(url)
  const closed = new Promise((done) => server.once('connection', (socket) => socket.once('close', done)))
  await transport.call('m', 'n', {})
  transport.close()
  await closed
})
