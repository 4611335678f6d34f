import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { newKey, parseKey, sign, type VerifyOptions, verify } from '../../sidecar/src/lib/hmac.ts'

const nowMs = Date.parse('2026-11-21T06:47:12.345Z')
const seconds = Math.floor(nowMs / 1000)
const secret = newKey()
const key = keyOf(secret)
const body = Buffer.from('{"links":[],"text":"طلب"}')

function keyOf(text: string): Buffer {
  const parsed = parseKey(text)
  if (!parsed) throw new Error('not a key')
  return parsed
}

function check(patch: Omit<Partial<VerifyOptions>, 'headers'> & { headers?: Partial<VerifyOptions['headers']> } = {}) {
  const signed = sign({ key, id: 'msg_1', timestampSeconds: seconds, body })
  const headers = {
    id: signed['webhook-id'],
    timestamp: signed['webhook-timestamp'],
    signature: signed['webhook-signature'],
    ...patch.headers,
  }
  return verify({ body, keys: [key], nowMs, toleranceSeconds: 300, ...patch, headers })
}

describe('a signature', () => {
  test('of ours is accepted, and says which call and when', () => {
    expect(check()).toEqual({ ok: true, id: 'msg_1', stampMs: seconds * 1000 })
  })

  test('made by the reference library of the standard is accepted', () => {
    const signature = new Webhook(secret).sign('msg_1', new Date(seconds * 1000), body.toString())
    expect(check({ headers: { signature } }).ok).toBe(true)
  })

  test('of ours is accepted by the reference library', () => {
    const headers = sign({ key, id: 'm', timestampSeconds: Math.floor(Date.now() / 1000), body })
    expect(() => new Webhook(secret).verify(body.toString(), headers)).not.toThrow()
  })

  test('holds while the key is being changed: old and new key, old and new signature', () => {
    const other = keyOf(newKey())
    expect(check({ keys: [other, key] }).ok).toBe(true)
    const signed = sign({ key, id: 'msg_1', timestampSeconds: seconds, body })['webhook-signature']
    const strange = sign({ key: other, id: 'msg_1', timestampSeconds: seconds, body })['webhook-signature']
    expect(check({ headers: { signature: `${strange} ${signed}` } }).ok).toBe(true)
    expect(check({ headers: { signature: `v2,abc ${signed}` } }).ok).toBe(true)
  })
})

describe('refused, each with its reason', () => {
  const signed = sign({ key, id: 'msg_1', timestampSeconds: seconds, body })['webhook-signature'] ?? ''
  const cases: [string, Parameters<typeof check>[0], string][] = [
    ['a call without an id', { headers: { id: undefined } }, 'header-missing'],
    ['a call without a time', { headers: { timestamp: undefined } }, 'header-missing'],
    ['a call without a signature', { headers: { signature: '' } }, 'header-missing'],
    ['a time that is no number', { headers: { timestamp: '12e3' } }, 'timestamp-invalid'],
    ['another id', { headers: { id: 'msg_2' } }, 'signature-invalid'],
    ['another time', { headers: { timestamp: String(seconds + 1) } }, 'signature-invalid'],
    ['another body', { body: Buffer.concat([body, Buffer.from(' ')]) }, 'signature-invalid'],
    ['another key', { keys: [keyOf(newKey())] }, 'signature-invalid'],
    ['no key at all', { keys: [] }, 'no-key'],
    ['a shortened signature', { headers: { signature: signed.slice(0, 30) } }, 'signature-invalid'],
    ['a signature of an unknown version', { headers: { signature: signed.replace('v1', 'v9') } }, 'signature-invalid'],
    ['a call from six minutes ago', { nowMs: nowMs + 360_000 }, 'too-old'],
    ['a call from six minutes ahead', { nowMs: nowMs - 360_000 }, 'too-new'],
    [
      'more signatures than a change of keys needs',
      { headers: { signature: `${'v1,x '.repeat(8)}${signed}` } },
      'signature-invalid',
    ],
  ]
  test.each(cases)('%s', (_what, patch, reason) => {
    expect(check(patch)).toEqual({ ok: false, reason })
  })
})

test('a sender whose clock is ten minutes off is understood once that is learnt, and is not before', () => {
  expect(check({ nowMs: nowMs + 600_000 }).ok).toBe(false)
  expect(check({ nowMs: nowMs + 600_000, offsetMs: -600_000 }).ok).toBe(true)
  expect(check({ nowMs: nowMs - 600_000, offsetMs: 600_000 }).ok).toBe(true)
})

test('a key is whsec_ and at least 24 bytes', () => {
  expect(parseKey('abc')).toBeNull()
  expect(parseKey('whsec_YWJj')).toBeNull()
  expect(parseKey(newKey())).toHaveLength(32)
})
