/** The shop's legal steps as a graph. Small graphs (about ten words), so a plain breadth-first walk is enough. */
import type { Fulfiller, LegalStep, Mover, Rules, Status } from './entities.ts'

type Steps = Rules['steps']

function stepsFrom(steps: Steps, status: Status): readonly LegalStep[] {
  return (Object.hasOwn(steps, status) ? steps[status] : undefined) ?? []
}

/** Whether the one step from `from` to `to` is legal for `who`. */
export function isLegalStep(steps: Steps, from: Status, to: Status, who: Exclude<Mover, 'either'>): boolean {
  return stepsFrom(steps, from).some((step) => step.to === to && (step.by === who || step.by === 'either'))
}

/**
 * The fewest steps from `from` to `to`, without `from` itself. Among equally short ones the order of the data decides,
 * so the same question always has the same answer. Null: there is no way.
 */
export function shortestPath(
  steps: Steps,
  from: Status,
  to: Status,
  allowed: (step: LegalStep) => boolean,
): readonly Status[] | null {
  const waiting: (readonly Status[])[] = [[]]
  const seen = new Set<Status>([from])
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    for (const step of stepsFrom(steps, path.at(-1) ?? from)) {
      if (!allowed(step) || seen.has(step.to)) continue
      const longer = [...path, step.to]
      if (step.to === to) return longer
      seen.add(step.to)
      waiting.push(longer)
    }
  }
  return null
}

/** What we may write ourselves in this shop, for an order that `fulfilledBy` delivers. */
export function maySet(rules: Rules, status: Status, fulfilledBy: Fulfiller): boolean {
  if (rules.notSettable.includes(status)) return false
  return fulfilledBy === 'us' || rules.settableWhenShopFulfils.includes(status)
}

/** The way that we are able to walk alone, one write per step. */
export function ownPath(rules: Rules, from: Status, to: Status, fulfilledBy: Fulfiller): readonly Status[] | null {
  return shortestPath(rules.steps, from, to, (step) => step.by !== 'shop' && maySet(rules, step.to, fulfilledBy))
}

/** Whether anybody's legal steps lead from `from` to `to`. Nobody walks from a status to itself. */
export function isReachable(steps: Steps, from: Status, to: Status): boolean {
  return shortestPath(steps, from, to, () => true) !== null
}

/**
 * `heard` is older than `known`: the order can have come from there, and can never go back there.
 * Where a shop allows every jump nothing is ever a step back; there only `sent` and the shop's own times help.
 */
export function isStepBack(steps: Steps, known: Status, heard: Status): boolean {
  return known !== heard && isReachable(steps, heard, known) && !isReachable(steps, known, heard)
}

/** Statuses that no legal step ever reaches from `start`: a typing error in a connector's data. */
export function unreachableStates(steps: Steps, start: Status): readonly Status[] {
  return Object.keys(steps).filter((status) => status !== start && !isReachable(steps, start, status))
}
