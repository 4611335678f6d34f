import type { Connector } from '../contract.ts'
import { readSettings } from '../define.ts'
import { acknowledge, poll, push, read, test } from './client.ts'
import { settings } from './config.ts'
import { rules } from './mapping.ts'
import { memoryShop } from './shop.ts'
import { type MemoryStatus, STATUSES } from './states.ts'
import { verify } from './webhooks.ts'

export { type MemoryOrder, type MemoryShop, memoryShop, resetMemoryShops } from './shop.ts'
export type { MemoryStatus } from './states.ts'
export { delivery } from './webhooks.ts'

/** The connector to copy: it lives in this process and implements every optional part of the contract. */
export const memory: Connector<MemoryStatus> = {
  name: 'memory',
  label: 'Memory (an example for developers)',
  version: '1',
  statuses: STATUSES,
  settings,
  resolveUnknown: 'read',
  webhookPaths: [],
  limits: { perSecond: 1000, concurrent: 50 },
  // no other field shapes these, so an unfinished form may ask as well
  pollSeconds: (values) => readSettings(settings.pick({ poll_seconds: true }), values).poll_seconds,
  mapping: () => rules.mapping,
  rules: () => rules,
  open({ settings: values, secrets }) {
    const own = readSettings(settings, { ...values, ...secrets })
    const shop = memoryShop(own.name)
    return {
      push: (command, signal) => push(shop, command, signal),
      poll: () => poll(shop, own.page_size),
      acknowledge: (ref) => acknowledge(shop, ref),
      read: (ref) => read(shop, ref),
      verifyWebhook: (request, nowMs) => verify(request, own.webhook_secret, nowMs),
      test: () => test(shop),
    }
  },
}
