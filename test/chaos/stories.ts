/** What people mean to do, drawn by chance: most of it in turn, some of it at the same moment as the other side. */
import { shuffled } from '../bench/random.ts'
import type { Act, End } from './ledger.ts'

/** `in-step`: only when both sides rest and agree. `at-once`: as soon as the step before was answered. */
export type Moment = 'in-step' | 'at-once'

export interface Step {
  readonly act: Act
  readonly moment: Moment
}

export interface Plan {
  readonly name: string
  readonly steps: readonly Step[]
  /** Null: both act at once. Then either may win, or a person is asked, but nothing may vanish. */
  readonly end: End | null
}

const inStep = (act: Act): Step => ({ act, moment: 'in-step' })
const atOnce = (act: Act): Step => ({ act, moment: 'at-once' })

export const PLANS: readonly Plan[] = [
  { name: 'confirmed', steps: [inStep('confirm')], end: 'approved' },
  { name: 'shipped in a hurry', steps: [inStep('confirm'), atOnce('validate')], end: 'assigned_to_salesman' },
  { name: 'shipped in step', steps: [inStep('confirm'), inStep('validate')], end: 'assigned_to_salesman' },
  { name: 'delivered in a hurry', steps: [inStep('confirm'), atOnce('validate'), atOnce('lock')], end: 'delivered' },
  { name: 'delivered in step', steps: [inStep('confirm'), inStep('validate'), inStep('lock')], end: 'delivered' },
  { name: 'cancelled by us', steps: [inStep('confirm'), atOnce('cancel')], end: 'cancelled' },
  { name: 'cancelled by us in step', steps: [inStep('confirm'), inStep('cancel')], end: 'cancelled' },
  { name: 'cancelled by the retailer', steps: [inStep('retailer-cancel')], end: 'cancelled' },
  { name: 'cancelled after confirmation', steps: [inStep('confirm'), inStep('retailer-cancel')], end: 'cancelled' },
  { name: 'edited first', steps: [inStep('edit'), atOnce('finish-edit'), inStep('confirm')], end: 'approved' },
  {
    name: 'shipped while cancelled',
    steps: [inStep('confirm'), atOnce('validate'), atOnce('retailer-cancel')],
    end: null,
  },
  {
    name: 'cancelled while shipped',
    steps: [inStep('confirm'), inStep('retailer-cancel'), atOnce('validate')],
    end: null,
  },
  { name: 'confirmed while cancelled', steps: [inStep('retailer-cancel'), atOnce('confirm')], end: null },
  { name: 'both cancel', steps: [inStep('confirm'), inStep('cancel'), atOnce('retailer-cancel')], end: null },
  { name: 'confirmed while edited', steps: [inStep('edit'), atOnce('confirm'), atOnce('finish-edit')], end: null },
]

/** Plans until there are so many changes; each plan once before any is drawn again. */
export function plansFor(changes: number, chance: () => number): readonly Plan[] {
  const plans: Plan[] = []
  let left = changes
  while (left > 0) {
    for (const plan of shuffled(PLANS, chance)) {
      if (left <= 0) break
      plans.push(plan)
      left -= plan.steps.length
    }
  }
  return plans
}
