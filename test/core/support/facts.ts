/** Facts in a few words, and decisions as one line that a person can read. */
import { rulesFor } from '../../../sidecar/src/connectors/cartona/mapping.ts'
import { decide } from '../../../sidecar/src/core/decide.ts'
import {
  type Agreement,
  DELIVERY_SIDES,
  type Decision,
  type Facts,
  ORDER_SIDES,
  type Pair,
  type Rules,
} from '../../../sidecar/src/core/entities.ts'
import { pairText } from '../../../sidecar/src/core/mapping.ts'

const POLICY = {
  on_delivery_done: 'assigned_to_salesman',
  partial_counts: 'last',
  send_returned: false,
} as const

export const CARTONA: Rules = rulesFor(POLICY)
/** Validation means "delivered"; the first delivery counts; returned may be sent. */
export const CARTONA_DELIVERED: Rules = rulesFor({
  on_delivery_done: 'delivered',
  partial_counts: 'first',
  send_returned: true,
})

export const PAIRS: readonly Pair[] = ORDER_SIDES.flatMap((order) =>
  DELIVERY_SIDES.map((delivery) => ({ order, delivery })),
)

export function pair(text: string): Pair {
  const found = PAIRS.find((one) => pairText(one) === text)
  if (!found) throw new Error(`no such pair: ${text}`)
  return found
}

export function agreement(status: string, text: string): Agreement {
  return { status, pair: pair(text) }
}

/** An order that agreed on "approved = sale/ready", and nothing happened since. */
export function facts(changes: Partial<Facts> = {}): Facts {
  return {
    base: agreement('approved', 'sale/ready'),
    ours: pair('sale/ready'),
    theirs: 'approved',
    sent: [],
    fulfilledBy: 'us',
    owner: true,
    answer: null,
    missing: {},
    skipped: false,
    ...changes,
  }
}

export function say(decision: Decision): string {
  switch (decision.action) {
    case 'nothing':
      return `nothing ${decision.reason}`
    case 'push':
      return `push ${decision.path.join(' > ')}`
    case 'apply':
      return `apply ${pairText(decision.target)}`
    case 'conflict':
      return `ask ${decision.kind}`
    case 'refuse':
      return `refuse ${decision.reason}`
  }
}

export const decided = (changes: Partial<Facts>, rules: Rules = CARTONA): string => say(decide(facts(changes), rules))

/** The base after this decision, as "approved = sale/ready"; "as before" when it stays. */
export function newBase(changes: Partial<Facts>, rules: Rules = CARTONA): string {
  const decision = decide(facts(changes), rules)
  const agreed = 'agreed' in decision ? decision.agreed : null
  return agreed ? `${agreed.status} = ${pairText(agreed.pair)}` : 'as before'
}
