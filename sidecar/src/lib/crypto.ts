/**
 * Secrets at rest: AES-256-GCM. A sealed text names its key, so that a new key can be put in front of an old one, and is bound to its place:
 * the password of one shop, copied into the row of another, does not open.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'

const KEY_BYTES = 32
const IV_BYTES = 12
const VERSION = 's1'

export class SealError extends Error {
  override readonly name = 'SealError'
}

export interface Sealer {
  /** Changes with the key; says nothing about it. */
  readonly keyId: string
  seal(text: string, place: string): string
  open(sealed: string, place: string): string
}

/** The first key seals, all of them open. */
export function createSealer(keys: readonly Buffer[]): Sealer {
  const ring = new Map(keys.map((key) => [idOf(key), key]))
  const [first] = keys
  if (first === undefined) throw new SealError('No secret key was given.')
  const keyId = idOf(first)
  return {
    keyId,
    seal: (text, place) => sealWith(first, keyId, text, place),
    open: (sealed, place) => openWith(ring, sealed, place),
  }
}

function idOf(key: Buffer): string {
  if (key.length !== KEY_BYTES) throw new SealError(`A secret key has ${KEY_BYTES} bytes, this one has ${key.length}.`)
  return createHash('sha256').update('key id').update(key).digest('hex').slice(0, 8)
}

function sealWith(key: Buffer, keyId: string, text: string, place: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return [VERSION, keyId, ...[iv, cipher.getAuthTag(), body].map((part) => part.toString('base64url'))].join('.')
}

function openWith(ring: ReadonlyMap<string, Buffer>, sealed: string, place: string): string {
  const [version, keyId, iv, tag, body] = sealed.split('.')
  if (version !== VERSION || keyId === undefined || iv === undefined || tag === undefined || body === undefined)
    throw new SealError('A stored secret is not in a form that this version knows.')
  const key = ring.get(keyId)
  if (key === undefined) throw new SealError('A stored secret was sealed with another secret key than the one given.')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'))
    decipher.setAAD(Buffer.from(place)).setAuthTag(tagOf(tag))
    return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new SealError('A stored secret was changed or moved, and does not open.', { cause })
  }
}

/** A shortened tag would be far easier to forge, and Node would take it. */
function tagOf(text: string): Buffer {
  const tag = Buffer.from(text, 'base64url')
  if (tag.length !== 16) throw new SealError('A stored secret has no whole seal.')
  return tag
}

/** 32 bytes as base64 or hex; null for anything else. */
export function parseSecretKey(text: string): Buffer | null {
  const trimmed = text.trim()
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex')
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return null
  const key = Buffer.from(trimmed, 'base64')
  return key.length === KEY_BYTES ? key : null
}

/** Reads the key file, or makes it at the first start. Without it no stored secret opens, so it is on disk before it is used. */
export function keyFromFile(file: string): Buffer {
  if (!existsSync(file)) writePrivate(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`)
  if ((statSync(file).mode & 0o077) !== 0)
    throw new SealError(`The key file ${file} can be read by others: run "chmod 600" on it.`)
  const key = parseSecretKey(readFileSync(file, 'utf8'))
  if (key === null)
    throw new SealError(
      `The key file ${file} holds no key: it needs 32 bytes as base64 or hex. Put the right file back.`,
    )
  return key
}

/** A file that nobody else may read, whole on disk when this returns, never over an existing one. */
export function writePrivate(file: string, text: string): void {
  const handle = openSync(file, 'wx', 0o600)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** In constant time, also for texts of different length. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(hashOf(one), hashOf(other))
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}
