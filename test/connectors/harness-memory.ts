import { delivery, memoryShop, resetMemoryShops } from '../../sidecar/src/connectors/memory/index.ts'
import type { Fault } from '../../sidecar/src/connectors/memory/shop.ts'
import { type Harness, NOW, type Stage, WEBHOOK_KEY } from './harness.ts'

const CODE = '4711'
const FAULTS: readonly Fault[] = [
  'timeout-before',
  'timeout-after',
  'connection-lost-after',
  'odd-answer-after',
  'refuse',
  'rate-limit',
  'unreachable',
  'server-error',
]
let stages = 0

export const memoryHarness: Harness = {
  webhookSecretName: 'webhook_secret',
  lossy: { cancelled_by_buyer: 'Odoo knows one way of being cancelled' },
  faults: [
    { fault: 'timeout-before', kind: 'unknown', code: 'timeout', applied: false },
    { fault: 'timeout-after', kind: 'unknown', code: 'timeout', applied: true },
    { fault: 'connection-lost-after', kind: 'unknown', code: 'connection-lost', applied: true },
    { fault: 'odd-answer-after', kind: 'unknown', code: 'odd-answer', applied: true },
    { fault: 'refuse', kind: 'refused', code: 'bad-request', applied: false },
    { fault: 'rate-limit', kind: 'retry', code: 'rate-limited', applied: false },
    { fault: 'unreachable', kind: 'retry', code: 'shop-unreachable', applied: false },
    { fault: 'server-error', kind: 'retry', code: 'shop-error', applied: false },
  ],
  readFaults: ['unreachable', 'server-error', 'rate-limit'],

  async start(): Promise<Stage> {
    stages += 1
    const name = `stage-${stages}`
    const shop = memoryShop(name)
    return {
      settings: { name },
      secrets: { webhook_secret: WEBHOOK_KEY },
      fetch: () => Promise.reject(new Error('the memory shop needs no network')),
      pagesOf: (size) => ({ page_size: size }),
      async createOrder(ref, wanted) {
        shop.createOrder({ ref, code: wanted?.needsCode ? CODE : '' })
      },
      statusOf: async (ref) => shop.order(ref).status,
      changesOf: async (ref) => shop.order(ref).history.length,
      async buyerCancels(ref) {
        return shop.setStatus(ref, 'cancelled_by_buyer', { reason: 'no longer needed' }).status
      },
      inputs: async () => ({ buyer_code: CODE }),
      arm: async (wanted) => void shop.faults.push(faultOf(wanted)),
      armRead: async (wanted) => void shop.readFaults.push(faultOf(wanted)),
      delivery: async (ref) => delivery(shop.order(ref), WEBHOOK_KEY, NOW),
      stop: async () => resetMemoryShops(name),
    }
  },
}

function faultOf(wanted: string): Fault {
  const fault = FAULTS.find((known) => known === wanted)
  if (!fault) throw new Error(`The memory shop has no fault ${wanted}.`)
  return fault
}
