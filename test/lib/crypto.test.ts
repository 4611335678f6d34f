import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSealer, keyFromFile, parseSecretKey, SealError } from '../../sidecar/src/lib/crypto.ts'

const key = Buffer.alloc(32, 7)
const otherKey = Buffer.alloc(32, 9)
const sealer = createSealer([key])

describe('a sealed secret', () => {
  test('opens to what it was, and never looks twice the same', () => {
    const sealed = sealer.seal('shpat_كلمة', '3/token')
    expect(sealer.open(sealed, '3/token')).toBe('shpat_كلمة')
    expect(sealer.seal('shpat_كلمة', '3/token')).not.toBe(sealed)
    expect(sealed).not.toContain('shpat')
  })

  test('does not open at another place', () => {
    const sealed = sealer.seal('x', '3/token')
    expect(() => sealer.open(sealed, '4/token')).toThrow(SealError)
  })

  test.each([2, 3, 4])('does not open when its part %i was changed', (part) => {
    const parts = sealer.seal('secret', 'p').split('.')
    parts[part] = Buffer.from(Buffer.from(parts[part] ?? '', 'base64url').map((byte) => byte ^ 1)).toString('base64url')
    expect(() => sealer.open(parts.join('.'), 'p')).toThrow(SealError)
  })

  test('does not open with a shortened seal', () => {
    const parts = sealer.seal('secret', 'p').split('.')
    parts[3] = Buffer.from(parts[3] ?? '', 'base64url')
      .subarray(0, 4)
      .toString('base64url')
    expect(() => sealer.open(parts.join('.'), 'p')).toThrow(SealError)
  })

  test('opens with the old key beside a new one, and is sealed with the new', () => {
    const old = sealer.seal('x', 'p')
    const both = createSealer([otherKey, key])
    expect(both.open(old, 'p')).toBe('x')
    expect(createSealer([otherKey]).open(both.seal('y', 'p'), 'p')).toBe('y')
    expect(() => createSealer([otherKey]).open(old, 'p')).toThrow(/another secret key/)
  })
})

describe('the key file', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'key-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('is made at the first start, for its owner only, and stays the same', () => {
    const file = join(folder, 'secret.key')
    const made = keyFromFile(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(keyFromFile(file)).toEqual(made)
    expect(made).toHaveLength(32)
  })

  test('is refused when others can read it, with what to do', () => {
    const file = join(folder, 'secret.key')
    keyFromFile(file)
    chmodSync(file, 0o644)
    expect(() => keyFromFile(file)).toThrow(/chmod 600/)
  })

  test('that holds something else is refused and left as it is', () => {
    const file = join(folder, 'secret.key')
    writeFileSync(file, 'hello', { mode: 0o600 })
    expect(() => keyFromFile(file)).toThrow(/holds no key/)
    expect(readFileSync(file, 'utf8')).toBe('hello')
  })
})

test('a key is given as base64 or as hex, and nothing else is one', () => {
  expect(parseSecretKey(key.toString('hex'))).toEqual(key)
  expect(parseSecretKey(`${key.toString('base64')}\n`)).toEqual(key)
  expect(parseSecretKey('correct horse battery staple')).toBeNull()
  expect(parseSecretKey(Buffer.alloc(16).toString('base64'))).toBeNull()
})
