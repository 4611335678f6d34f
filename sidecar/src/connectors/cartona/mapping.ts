import type { DeliverySide, Mapping, OutboundCell, Rules } from '../../core/entities.ts'
import { type CartonaStatus, STEPS } from './states.ts'

/** The settings of a shop that shape its table. */
export interface Policy {
  readonly on_delivery_done: 'assigned_to_salesman' | 'delivered'
  readonly partial_counts: 'first' | 'last'
  readonly send_returned: boolean
}

type Row = Readonly<Record<DeliverySide, OutboundCell<CartonaStatus>>>

// goods that left before the order was confirmed contradict each other: a person has to look
const quotation: Row = {
  none: 'pending',
  waiting: 'pending',
  ready: 'pending',
  partial: 'conflict',
  done: 'conflict',
  cancel: 'pending',
  returning: 'conflict',
  partly_returned: 'conflict',
  returned: 'conflict',
}

// an order cancelled after goods have left is not "cancelled" for the retailer who holds them
const cancelled: Row = {
  none: 'cancelled_by_supplier',
  waiting: 'cancelled_by_supplier',
  ready: 'cancelled_by_supplier',
  partial: 'conflict',
  done: 'conflict',
  cancel: 'cancelled_by_supplier',
  returning: 'conflict',
  partly_returned: 'conflict',
  returned: 'conflict',
}

const confirmed = (policy: Policy): Row => ({
  none: 'approved',
  waiting: 'approved',
  ready: 'approved',
  partial: policy.partial_counts === 'first' ? policy.on_delivery_done : 'approved',
  done: policy.on_delivery_done,
  // a lone cancelled delivery is often made anew: only the order itself tells that it is off
  cancel: 'keep',
  returning: 'keep',
  partly_returned: 'keep',
  returned: 'returned',
})

const inbound = (policy: Policy): Mapping<CartonaStatus>['inbound'] => ({
  pending: { order: 'draft', delivery: 'none' },
  editing: 'keep',
  approved: { order: 'sale', delivery: 'ready' },
  // where our validation says "delivered", Cartona's "shipped" does not yet mean that our goods are out
  assigned_to_salesman: { order: 'sale', delivery: policy.on_delivery_done === 'delivered' ? 'ready' : 'done' },
  delivered: { order: 'locked', delivery: 'done' },
  cancelled_by_retailer: { order: 'cancel', delivery: 'cancel' },
  cancelled_by_supplier: { order: 'cancel', delivery: 'cancel' },
  // the return is made ready for the warehouse: stock is never invented
  returned: { order: 'locked', delivery: 'returning' },
})

export function mappingFor(policy: Policy): Mapping<CartonaStatus> {
  const sale = confirmed(policy)
  // whether an order counts as locked at all is chosen on the shop's form in Odoo
  const locked: Row = { ...sale, done: 'delivered' }
  return {
    version: versionOf(policy),
    inbound: inbound(policy),
    outbound: { draft: quotation, sent: quotation, sale, locked, cancel: cancelled },
  }
}

function versionOf(policy: Policy): string {
  return ['cartona-2', policy.on_delivery_done, policy.partial_counts].join('/')
}

export function rulesFor(policy: Policy): Rules<CartonaStatus> {
  return {
    mapping: mappingFor(policy),
    steps: STEPS,
    buyerEditing: ['editing'],
    settableWhenShopFulfils: ['cancelled_by_supplier'],
    notSettable: ['editing', 'cancelled_by_retailer', ...(policy.send_returned ? [] : (['returned'] as const))],
    sameEnd: [['cancelled_by_retailer', 'cancelled_by_supplier']],
  }
}
