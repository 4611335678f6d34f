/** A delivery signed by Standard Webhooks, checked for a connector: what is wrong with it, as a sentence. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Refusal, verify } from '../lib/hmac.ts'
import type { RawRequest } from './contract.ts'

const TOLERANCE_SECONDS = 5 * 60

const PROBLEMS: Readonly<Record<Refusal, string>> = {
  'no-key': 'No webhook secret is set for this shop: set one on the shop form.',
  'header-missing': 'webhook-id, webhook-timestamp and webhook-signature are needed, and one is missing.',
  'timestamp-invalid': 'The header webhook-timestamp is not a number of seconds.',
  'too-old': 'The delivery is too old: webhook-timestamp is more than 5 minutes ago.',
  'too-new': 'The delivery is from the future: check the clocks of both sides.',
  'signature-invalid': 'The signature does not match: check the webhook secret on both sides.',
}

/** Null when the signature holds. */
export function signatureProblem(request: RawRequest, secret: string, nowMs: number): string | null {
  const verdict = verify({
    headers: {
      id: request.headers['webhook-id'],
      timestamp: request.headers['webhook-timestamp'],
      signature: request.headers['webhook-signature'],
    },
    body: request.body,
    keys: secret === '' ? [] : [keyOf(secret)],
    nowMs,
    toleranceSeconds: TOLERANCE_SECONDS,
  })
  return verdict.ok ? null : PROBLEMS[verdict.reason]
}

/** `whsec_<base64>` is the standard's form; anything else is taken as the bytes that a person typed. */
export function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret)
}

/** In constant time, also for texts of different length. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'same-length').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
