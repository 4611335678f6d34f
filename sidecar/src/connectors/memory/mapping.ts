import type { DeliverySide, Mapping, OutboundCell, Rules } from '../../core/entities.ts'
import { type MemoryStatus, STEPS } from './states.ts'

type Row = Readonly<Record<DeliverySide, OutboundCell<MemoryStatus>>>

const quotation: Row = {
  none: 'new',
  waiting: 'new',
  ready: 'new',
  partial: 'conflict',
  done: 'conflict',
  cancel: 'new',
  returning: 'conflict',
  partly_returned: 'conflict',
  returned: 'conflict',
}

const confirmed: Row = {
  none: 'accepted',
  waiting: 'accepted',
  ready: 'accepted',
  partial: 'accepted',
  done: 'shipped',
  cancel: 'keep',
  returning: 'keep',
  partly_returned: 'keep',
  returned: 'returned',
}

const cancelled: Row = {
  none: 'cancelled_by_seller',
  waiting: 'cancelled_by_seller',
  ready: 'cancelled_by_seller',
  partial: 'conflict',
  done: 'conflict',
  cancel: 'cancelled_by_seller',
  returning: 'conflict',
  partly_returned: 'conflict',
  returned: 'conflict',
}

export const mapping: Mapping<MemoryStatus> = {
  version: 'memory-1',
  inbound: {
    new: { order: 'draft', delivery: 'none' },
    changing: 'keep',
    accepted: { order: 'sale', delivery: 'ready' },
    shipped: { order: 'sale', delivery: 'done' },
    received: { order: 'locked', delivery: 'done' },
    cancelled_by_buyer: { order: 'cancel', delivery: 'cancel' },
    cancelled_by_seller: { order: 'cancel', delivery: 'cancel' },
    returned: { order: 'locked', delivery: 'returning' },
  },
  outbound: {
    draft: quotation,
    sent: quotation,
    sale: confirmed,
    locked: { ...confirmed, done: 'received' },
    cancel: cancelled,
  },
}

export const rules: Rules<MemoryStatus> = {
  mapping,
  steps: STEPS,
  buyerEditing: ['changing'],
  settableWhenShopFulfils: ['cancelled_by_seller'],
  notSettable: ['changing', 'cancelled_by_buyer'],
  sameEnd: [['cancelled_by_buyer', 'cancelled_by_seller']],
}
