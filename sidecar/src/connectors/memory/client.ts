import type { PollPage, PushCommand, PushResult } from '../contract.ts'
import { ShopError } from '../errors.ts'
import { changeFrom, orderSchema, rawOf } from './raw.ts'
import type { Fault, MemoryShop } from './shop.ts'

/** What a fault means to the one who asked, and whether the shop did the work all the same. */
const FAULTS: Readonly<Record<Fault, { readonly applied: boolean; readonly result: PushResult }>> = {
  'timeout-before': { applied: false, result: { kind: 'unknown', code: 'timeout', answer: 'no answer in time' } },
  'timeout-after': { applied: true, result: { kind: 'unknown', code: 'timeout', answer: 'no answer in time' } },
  'connection-lost-after': {
    applied: true,
    result: { kind: 'unknown', code: 'connection-lost', answer: 'the connection broke' },
  },
  'odd-answer-after': { applied: true, result: { kind: 'unknown', code: 'odd-answer', answer: 'a strange answer' } },
  refuse: { applied: false, result: { kind: 'refused', code: 'bad-request', answer: 'the shop does not want this' } },
  'rate-limit': {
    applied: false,
    result: { kind: 'retry', code: 'rate-limited', answer: 'too many requests', retryAfterMs: 1000 },
  },
  unreachable: { applied: false, result: { kind: 'retry', code: 'shop-unreachable', answer: 'nobody listens' } },
  'server-error': { applied: false, result: { kind: 'retry', code: 'shop-error', answer: 'the shop has a problem' } },
}

export async function push(shop: MemoryShop, command: PushCommand, signal: AbortSignal): Promise<PushResult> {
  if (signal.aborted) return { kind: 'retry', code: 'shop-unreachable', answer: 'stopped before sending' }
  shop.calls.push({ call: 'push', ref: command.ref, to: command.to })
  await shop.before('push', command.ref)
  const fault = takeFault(shop.faults)
  if (fault && !fault.applied) return fault.result
  const refusal = shop.write(command.ref, command.to, command.inputs.buyer_code ?? '')
  if (refusal) return { kind: 'refused', code: refusal, answer: 'the shop said no' }
  return fault ? fault.result : { kind: 'done', answer: command.to }
}

export async function* poll(shop: MemoryShop, pageSize: number): AsyncIterable<PollPage> {
  shop.calls.push({ call: 'poll', ref: '', to: '' })
  await shop.before('poll', '')
  failOnFault(shop)
  // the whole look is taken at once: acknowledging page one must not shift page two
  const waiting = shop.orders().filter((order) => !order.acknowledged)
  const seen = waiting.map((order) => ({ order, raw: orderSchema.safeParse(rawOf(order)) }))
  for (let start = 0; start < seen.length; start += pageSize) {
    const page = seen.slice(start, start + pageSize)
    yield {
      changes: page.flatMap(({ raw }) => (raw.success ? [changeFrom(raw.data)] : [])),
      unreadable: page.flatMap(({ order, raw }) =>
        raw.success ? [] : [{ ref: order.ref, problem: 'The order is not in the form that we know.' }],
      ),
    }
  }
}

export async function acknowledge(shop: MemoryShop, ref: string): Promise<PushResult> {
  shop.calls.push({ call: 'acknowledge', ref, to: '' })
  await shop.before('acknowledge', ref)
  const order = shop.find(ref)
  if (!order) return { kind: 'refused', code: 'unknown-order', answer: 'the shop does not know this order' }
  order.acknowledged = true
  return { kind: 'done', answer: 'hidden until it changes' }
}

export async function read(shop: MemoryShop, ref: string) {
  shop.calls.push({ call: 'read', ref, to: '' })
  await shop.before('read', ref)
  failOnFault(shop)
  const order = shop.find(ref)
  return order ? changeFrom(orderSchema.parse(rawOf(order))) : null
}

export async function test(shop: MemoryShop) {
  await shop.before('test', '')
  const fault = takeFault(shop.readFaults)
  if (fault) return { ok: false, message: `The shop cannot be used right now: ${fault.result.answer}.` }
  return { ok: true, message: `The shop answers and holds ${shop.orders().length} orders.` }
}

function takeFault(row: Fault[]): { readonly applied: boolean; readonly result: PushResult } | null {
  const fault = row.shift()
  return fault ? FAULTS[fault] : null
}

function failOnFault(shop: MemoryShop): void {
  const result = takeFault(shop.readFaults)?.result
  if (!result || result.kind === 'done') return
  throw new ShopError(
    result.code,
    `The shop cannot be read right now: ${result.answer}.`,
    result.kind === 'retry' ? result.retryAfterMs : undefined,
  )
}
