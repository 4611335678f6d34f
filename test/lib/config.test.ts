import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ConfigError, loadConfig, settingsSchema, settingsTable } from '../../sidecar/src/config.ts'

/** What a person reads when the environment is wrong. */
function complaint(environment: Record<string, string>): string {
  try {
    loadConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('the environment was taken')
}

test('an empty environment starts a sidecar for this machine alone', () => {
  expect(loadConfig({})).toMatchObject({
    PORT: 8787,
    HOST: '127.0.0.1',
    BODY_LIMIT_BYTES: 1_048_576,
    SWEEP_SECONDS: 30,
    TOLERANCE_SECONDS: 300,
    ODOO_TRANSPORT: 'auto',
    LOG_LEVEL: 'info',
  })
})

test('a variable that is set to nothing is not set', () => {
  expect(loadConfig({ PORT: '', ADMIN_TOKEN: '' }).PORT).toBe(8787)
  expect(loadConfig({ ADMIN_TOKEN: '' }).ADMIN_TOKEN).toBeUndefined()
})

test.each([
  ['PORT', '80a', 'a whole number (a port) from 0 to 65535'],
  ['PORT', '70000', 'from 0 to 65535'],
  ['PORT', '-1', 'from 0 to 65535'],
  ['SWEEP_SECONDS', '0', 'of seconds from 1 to 3600'],
  ['BODY_LIMIT_BYTES', '1.5', 'of bytes'],
  ['LOG_LEVEL', 'loud', 'one of fatal, error, warn, info'],
  ['ODOO_TRANSPORT', 'soap', 'one of auto, json2, xmlrpc'],
])('%s=%s names itself and says what to do', (name, value, what) => {
  const text = complaint({ [name]: value })
  expect(text).toContain(`${name} must be`)
  expect(text).toContain(what)
  expect(text).toContain(`not "${value}"`)
  expect(text).toContain('leave it out for the default')
})

test.each([
  ['ADMIN_TOKEN', 'hunter2'],
  ['PAIRING_CODE', '1234'],
  ['SECRET_KEY', 'correct horse battery staple'],
])('a wrong %s is named, its value is not', (name, value) => {
  const text = complaint({ [name]: value })
  expect(text).toContain(name)
  expect(text).not.toContain(value)
})

test('all that is wrong is said at once', () => {
  expect(complaint({ PORT: 'x', SWEEP_SECONDS: 'y' }).split('\n')).toHaveLength(2)
})

test('a key may be given with the old one behind it', () => {
  const key = Buffer.alloc(32, 1).toString('base64')
  expect(loadConfig({ SECRET_KEY: key }).SECRET_KEY).toHaveLength(1)
  expect(loadConfig({ SECRET_KEY: `${key},${'ab'.repeat(32)}` }).SECRET_KEY).toHaveLength(2)
})

test('every setting stands in the README as it is in the code', () => {
  const readme = readFileSync(new URL('../../sidecar/README.md', import.meta.url), 'utf8')
  expect(readme).toContain(settingsTable())
  expect(Object.keys(settingsSchema.shape).length).toBeGreaterThan(12)
})
