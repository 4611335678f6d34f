/** Look-ups in a shop's table. A word from outside may be anything, `constructor` included, so every look asks for an own key. */
import type { InboundCell, Mapping, OrderSide, OutboundCell, Pair, Rules, Status } from './entities.ts'

/** What the shop should say, given our pair. */
export function outboundCell(mapping: Mapping, pair: Pair): OutboundCell {
  return mapping.outbound[pair.order][pair.delivery]
}

/** What Odoo should say, given the shop's status. A known word without a cell is a question for a person. */
export function inboundCell(mapping: Mapping, status: Status): InboundCell {
  return (Object.hasOwn(mapping.inbound, status) ? mapping.inbound[status] : undefined) ?? 'conflict'
}

export function isKnown(rules: Rules, status: Status): boolean {
  return Object.hasOwn(rules.steps, status)
}

/** The status in an outbound cell, or null when the cell holds one of the two words that are no status. */
export function statusOf(cell: OutboundCell): Status | null {
  return cell === 'keep' || cell === 'conflict' ? null : cell
}

export function pairOf(cell: InboundCell): Pair | null {
  return typeof cell === 'string' ? null : cell
}

export function samePair(a: Pair, b: Pair): boolean {
  return a.order === b.order && a.delivery === b.delivery
}

/** Both statuses are one end for Odoo: cancelled is cancelled, whoever did it. */
export function sameEnd(rules: Rules, a: Status, b: Status): boolean {
  return a === b || rules.sameEnd.some((group) => group.includes(a) && group.includes(b))
}

/** A sent quotation is also a quotation, and an order locked at confirmation is also confirmed; never the other way. */
const RANK: Readonly<Record<OrderSide, number>> = { draft: 0, sent: 1, sale: 2, locked: 3, cancel: 4 }

/**
 * Ours has all that the target asks for: it is the target, or it is as far and the table tells no difference between
 * the two. A reservation that maps alike is nothing.
 */
export function covers(mapping: Mapping, ours: Pair, target: Pair): boolean {
  if (samePair(ours, target)) return true
  const status = statusOf(outboundCell(mapping, ours))
  return status !== null && status === outboundCell(mapping, target) && RANK[ours.order] >= RANK[target.order]
}

/** The one meaning of "both sides agree". */
export function agrees(rules: Rules, ours: Pair, theirs: Status): boolean {
  const status = statusOf(outboundCell(rules.mapping, ours))
  if (status !== null && sameEnd(rules, status, theirs)) return true
  const target = pairOf(inboundCell(rules.mapping, theirs))
  return target !== null && covers(rules.mapping, ours, target)
}

/** As it stands in the log: `sale/ready`. */
export function pairText(pair: Pair): string {
  return `${pair.order}/${pair.delivery}`
}
