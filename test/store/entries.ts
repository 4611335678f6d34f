import type { ShopChange } from '../../sidecar/src/connectors/contract.ts'
import type { InboxEntry } from '../../sidecar/src/flows/ports.ts'

export const START = '2026-11-21T06:47:12.345Z'

export function change(ref: string, status: string, patch: Partial<ShopChange> = {}): ShopChange {
  const digest = `${ref}:${status}`
  return { ref, number: `#${ref}`, status, fulfilledBy: 'us', reason: '', needs: {}, changedAt: '', digest, ...patch }
}

export function entry(ref: string, status: string, patch: Partial<InboxEntry> = {}): InboxEntry {
  return { shop: '1', source: 'webhook', change: change(ref, status), receivedAt: START, ...patch }
}
