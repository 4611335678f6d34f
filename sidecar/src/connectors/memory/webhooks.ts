import { sign } from '../../lib/hmac.ts'
import type { RawRequest, WebhookVerdict } from '../contract.ts'
import { keyOf, signatureProblem } from '../signature.ts'
import { changeFrom, orderSchema, rawOf } from './raw.ts'
import type { MemoryOrder } from './shop.ts'

export function verify(request: RawRequest, secret: string, nowMs: number): WebhookVerdict {
  const problem = signatureProblem(request, secret, nowMs)
  if (problem) return { ok: false, status: 401, problem }
  const order = orderSchema.safeParse(jsonOf(request.body))
  if (!order.success) return { ok: false, status: 400, problem: 'The body is not an order of this shop.' }
  return { ok: true, id: request.headers['webhook-id'] ?? '', changes: [changeFrom(order.data)] }
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}

/** The delivery that the shop makes about an order as it stands now. */
export function delivery(order: MemoryOrder, secret: string, nowMs: number, id = `msg_${order.ref}`): RawRequest {
  const body = new TextEncoder().encode(JSON.stringify(rawOf(order)))
  const headers = sign({ key: keyOf(secret), id, timestampSeconds: Math.floor(nowMs / 1000), body })
  return { method: 'POST', path: '/', headers: { 'content-type': 'application/json', ...headers }, body }
}
