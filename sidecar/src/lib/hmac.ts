/**
 * Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`, an HMAC-SHA256 over "id.timestamp.body" on the raw bytes.
 * Several keys and several signatures are tried, so that a key can be changed without losing a call.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const PREFIX = 'whsec_'
const DIGEST_BYTES = 32
/** A change of keys needs two; more would only let a stranger make us compute. */
const MOST_SIGNATURES = 8

export const REFUSALS = [
  'no-key',
  'header-missing',
  'timestamp-invalid',
  'too-old',
  'too-new',
  'signature-invalid',
] as const
export type Refusal = (typeof REFUSALS)[number]

export type Verdict =
  | { readonly ok: true; readonly id: string; readonly stampMs: number }
  | { readonly ok: false; readonly reason: Refusal }

export interface SignedHeaders {
  readonly id: string | undefined
  readonly timestamp: string | undefined
  readonly signature: string | undefined
}

export interface VerifyOptions {
  readonly headers: SignedHeaders
  readonly body: Uint8Array
  readonly keys: readonly Buffer[]
  readonly nowMs: number
  /** The sender's clock minus ours, as learnt: a sender whose clock is wrong is still recent by his own. */
  readonly offsetMs?: number
  readonly toleranceSeconds: number
}

export function verify(options: VerifyOptions): Verdict {
  const { id, timestamp, signature } = options.headers
  if (options.keys.length === 0) return refuse('no-key')
  if (!id || !timestamp || !signature) return refuse('header-missing')
  if (!/^\d{1,12}$/.test(timestamp)) return refuse('timestamp-invalid')
  const stampMs = Number(timestamp) * 1000
  const ageMs = options.nowMs + (options.offsetMs ?? 0) - stampMs
  if (ageMs > options.toleranceSeconds * 1000) return refuse('too-old')
  if (ageMs < -options.toleranceSeconds * 1000) return refuse('too-new')
  const expected = options.keys.map((key) => digest(key, id, timestamp, options.body))
  return matches(expected, signature) ? { ok: true, id, stampMs } : refuse('signature-invalid')
}

function refuse(reason: Refusal): Verdict {
  return { ok: false, reason }
}

/** Every pair is compared, in constant time, whatever the ones before said. */
function matches(expected: readonly Buffer[], header: string): boolean {
  let found = false
  for (const part of header.split(' ').slice(0, MOST_SIGNATURES)) {
    if (!part.startsWith('v1,')) continue
    const given = Buffer.from(part.slice(3), 'base64')
    if (given.length !== DIGEST_BYTES) continue
    for (const one of expected) found = timingSafeEqual(given, one) || found
  }
  return found
}

function digest(key: Buffer, id: string, timestamp: string, body: Uint8Array): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
}

export interface SignOptions {
  readonly key: Buffer
  readonly id: string
  readonly timestampSeconds: number
  readonly body: Uint8Array
}

export function sign({ key, id, timestampSeconds, body }: SignOptions): Record<string, string> {
  const timestamp = String(timestampSeconds)
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${digest(key, id, timestamp, body).toString('base64')}`,
  }
}

/** null for anything that is not `whsec_<base64>` with at least 24 bytes, as the standard asks. */
export function parseKey(text: string): Buffer | null {
  if (!text.startsWith(PREFIX)) return null
  const key = Buffer.from(text.slice(PREFIX.length), 'base64')
  return key.length >= 24 ? key : null
}

export function newKey(): string {
  return PREFIX + randomBytes(32).toString('base64')
}
