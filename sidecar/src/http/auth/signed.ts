/** Calls of the paired Odoo: read, verified on the raw bytes, and refused the second time. */
import type { Context } from 'hono'
import type { Config } from '../../config.ts'
import type { Clock } from '../../lib/clock.ts'
import { type Refusal, verify } from '../../lib/hmac.ts'
import { type Edge, readBody } from '../body.ts'
import { HttpError } from '../errors.ts'
import type { Pairing } from './pairing.ts'
import { createReplay } from './replay.ts'

export interface SignedDeps {
  readonly pairing: Pairing
  readonly clock: Clock
  readonly config: Pick<Config, 'BODY_LIMIT_BYTES' | 'TOLERANCE_SECONDS'>
}

const SENTENCES: Readonly<Record<Refusal | 'replayed' | 'before-start', string>> = {
  'no-key': 'This sidecar is not paired with an Odoo: pair it in the settings of Odoo.',
  'header-missing': 'The call is not signed: webhook-id, webhook-timestamp or webhook-signature is missing.',
  'timestamp-invalid': 'The header webhook-timestamp is not a number of seconds.',
  'too-old': 'The call is too old: compare the clocks of Odoo and of the sidecar.',
  'too-new': 'The call comes from the future: compare the clocks of Odoo and of the sidecar.',
  'signature-invalid': 'The signature does not match: pair this Odoo with the sidecar again.',
  replayed: 'This call was received before.',
  'before-start': 'This call was made before the sidecar started; it looks at Odoo by itself.',
}

export type ReadSigned = (c: Context<Edge>) => Promise<Buffer>

export function signedReader({ pairing, clock, config }: SignedDeps): ReadSigned {
  const startedAt = clock.now()
  const toleranceSeconds = config.TOLERANCE_SECONDS
  const replay = createReplay(2 * toleranceSeconds * 1000)

  return async (c) => {
    const body = await readBody(c, config.BODY_LIMIT_BYTES)
    const nowMs = clock.now()
    const offsetMs = pairing.clockOffsetMs()
    const verdict = verify({ headers: headersOf(c), body, keys: pairing.wakeKeys(), nowMs, offsetMs, toleranceSeconds })
    if (!verdict.ok) throw unauthorized(verdict.reason)
    // its memory of earlier calls begins with the process; stamps are whole seconds
    if (verdict.stampMs + 999 < startedAt + offsetMs) throw unauthorized('before-start')
    if (!replay.remember(verdict.id, nowMs)) throw unauthorized('replayed')
    return body
  }
}

function headersOf(c: Context<Edge>) {
  return {
    id: c.req.header('webhook-id'),
    timestamp: c.req.header('webhook-timestamp'),
    signature: c.req.header('webhook-signature'),
  }
}

function unauthorized(reason: keyof typeof SENTENCES): HttpError {
  return new HttpError(401, reason, SENTENCES[reason])
}
