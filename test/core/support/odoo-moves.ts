/** What a user of Odoo can do next to an order, and which targets Odoo's own methods reach. A model of Odoo, kept small. */
import type { Pair } from '../../../sidecar/src/core/entities.ts'
import { pairText, samePair } from '../../../sidecar/src/core/mapping.ts'
import { pair } from './facts.ts'

const MOVES: Readonly<Record<string, readonly string[]>> = {
  'draft/none': ['sent/none', 'sale/waiting', 'sale/ready', 'cancel/none'],
  'draft/cancel': ['sale/ready', 'cancel/cancel'],
  'sent/none': ['draft/none', 'sale/waiting', 'sale/ready', 'cancel/none'],
  'sale/waiting': ['sale/ready', 'sale/cancel', 'cancel/cancel', 'locked/waiting'],
  'sale/ready': ['sale/waiting', 'sale/partial', 'sale/done', 'sale/cancel', 'cancel/cancel', 'locked/ready'],
  'sale/cancel': ['sale/ready', 'cancel/cancel'],
  'sale/partial': ['sale/done', 'locked/partial', 'cancel/partial'],
  'sale/done': ['locked/done', 'sale/returning', 'cancel/done'],
  'sale/returning': ['sale/done', 'sale/partly_returned', 'sale/returned'],
  'sale/partly_returned': ['sale/returned'],
  'sale/returned': ['locked/returned'],
  'locked/waiting': ['locked/ready', 'sale/waiting'],
  'locked/ready': ['locked/done', 'sale/ready'],
  'locked/partial': ['locked/done', 'sale/partial'],
  'locked/done': ['sale/done', 'locked/returning'],
  'locked/returning': ['locked/done', 'locked/returned', 'sale/returning'],
  'locked/returned': ['sale/returned'],
  'cancel/none': ['draft/none'],
  'cancel/cancel': ['draft/cancel'],
}

export function movesFrom(ours: Pair): readonly Pair[] {
  return (MOVES[pairText(ours)] ?? []).map(pair)
}

const OUT = ['partial', 'done', 'returning', 'partly_returned', 'returned']

/** Goods that have left do not come back by a click, and a cancelled order is not confirmed behind its user's back. */
export function canReach(ours: Pair, target: Pair): boolean {
  if (samePair(ours, target)) return true
  if (ours.order === 'cancel') return target.order === 'cancel'
  if (OUT.includes(ours.delivery)) return OUT.includes(target.delivery)
  return target.order !== 'draft'
}
