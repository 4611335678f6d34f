import { expect, test } from 'vitest'
import { createLog } from '../../sidecar/src/lib/log.ts'

/** Everything that one action writes, as one text. */
function written(action: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  action(createLog('trace', { write: (line: string) => void lines.push(line) }))
  return lines.join('')
}

const PRIVATE = 'Zamalek-4711'

const NAMES = [
  ...['token', 'api_key', 'apiKey', 'authorization', 'AuthorizationToken', 'password', 'secret', 'clientSecret'],
  ...['code', 'buyer_code', 'retailer_otp', 'pickup_otp', 'phone', 'phone_number', 'email', 'name', 'retailer_name'],
  ...['address', 'cookie', 'set-cookie', 'webhook-signature', 'login', 'key', 'headers', 'body', 'street'],
]

test.each(NAMES)('a value named %s never reaches the log, at whatever depth', (name) => {
  const text = written((log) => {
    log.info({ [name]: PRIVATE }, 'flat')
    log.info({ order: { lines: [{ [name]: PRIVATE }] } }, 'deep')
    log.info({ order: { [name]: { inner: PRIVATE } } }, 'object')
    log.child({ [name]: PRIVATE }).info('bound')
    log.error({ err: new Error('x', { cause: { [name]: PRIVATE } }) }, 'cause')
    log.info('put in: %j', { [name]: PRIVATE })
  })
  expect(text.split('\n').filter(Boolean)).toHaveLength(6)
  expect(text).not.toContain(PRIVATE)
})

test('what is not private is there, so that the log is of use', () => {
  const text = written((log) => log.warn({ shop: '3', reason: 'signature-invalid', status: 401 }, 'refused a wake'))
  expect(JSON.parse(text)).toMatchObject({
    level: 'warn',
    shop: '3',
    reason: 'signature-invalid',
    status: 401,
    msg: 'refused a wake',
  })
})

test.each([
  ['a bearer key', 'Authorization: Bearer Zamalek-4711abc'],
  ['a wake key', 'whsec_Zamalek4711Zamalek4711'],
  ['a login inside an address', 'GET https://admin:Zamalek-4711@shop.example/'],
  ['a key inside an address', 'GET https://shop.example/api?ws_key=Zamalek-4711&page=2'],
  ['a mail address', 'sent to Zamalek-4711@example.com'],
])('%s inside a text is masked, in messages, fields and errors', (_what, secret) => {
  const text = written((log) => {
    log.info(secret)
    log.info({ detail: secret }, 'detail')
    log.error(new Error(secret))
    log.error({ err: new Error(secret) })
    log.error({ err: new Error('outer', { cause: new Error(secret) }) }, 'wrapped')
  })
  expect(text.split('\n').filter(Boolean)).toHaveLength(5)
  expect(text).not.toMatch(/Zamalek-?4711/)
})

test('an error keeps its kind and its place, and loses what a client hung on it', () => {
  const error = Object.assign(new TypeError('no connection'), {
    code: 'ECONNREFUSED',
    config: { data: PRIVATE, auth: PRIVATE },
  })
  const line = JSON.parse(written((log) => log.error({ err: error }, 'failed')))
  expect(line.err).toMatchObject({ type: 'TypeError', message: 'no connection', errno: 'ECONNREFUSED' })
  expect(line.err.stack).toContain('log.test.ts')
  expect(JSON.stringify(line)).not.toContain(PRIVATE)
})

test('bytes are counted, not shown, and a structure that holds itself ends', () => {
  const loop: Record<string, unknown> = { bytes: Buffer.from(PRIVATE) }
  loop.self = loop
  const text = written((log) => log.info(loop, 'odd'))
  expect(text).toContain('[12 bytes]')
  expect(text).not.toContain(PRIVATE)
})

test('whether a secret is set may be said', () => {
  expect(JSON.parse(written((log) => log.info({ token: '', api_key: null, secret: true }, 'set?')))).toMatchObject({
    token: '',
    api_key: null,
    secret: true,
  })
})
