/**
 * Cartona itself delivers nothing: no webhook of it is published. This door is for a bridge of the shop's own, in the
 * form that the vendor's addon once had, and it opens only with a secret.
 */
import { createHash } from 'node:crypto'
import type { RawRequest, WebhookVerdict } from '../contract.ts'
import { sameText, signatureProblem } from '../signature.ts'
import type { Settings } from './config.ts'
import { readDelivery } from './raw.ts'

export const WEBHOOK_PATHS = ['/marketplace_integration/webhook/status'] as const

type Door = Pick<Settings, 'webhook_secret' | 'accept_plain_secret'>

export function verify(request: RawRequest, door: Door, nowMs: number): WebhookVerdict {
  const problem = opensPlainly(request, door) ? null : signatureProblem(request, door.webhook_secret, nowMs)
  if (problem) return { ok: false, status: 401, problem }
  const change = readDelivery(jsonOf(request.body))
  if (!change) return { ok: false, status: 400, problem: 'The body needs hashed_id (or cartona_id) and status.' }
  return { ok: true, id: idOf(request), changes: [change] }
}

function opensPlainly(request: RawRequest, door: Door): boolean {
  const offered = request.headers['x-webhook-secret']
  if (!door.accept_plain_secret || door.webhook_secret === '' || offered === undefined) return false
  return sameText(offered, door.webhook_secret)
}

/** A plain sender has no id: the same body then counts as the same delivery. */
function idOf(request: RawRequest): string {
  return request.headers['webhook-id'] ?? createHash('sha256').update(request.body).digest('hex')
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}
