/**
 * The three-way comparison. It answers in one word per side what that side has to say since base,
 * so that `decide` is a table with no hole.
 */
import type { Agreement, Facts, OutboundCell, Rules, Status } from './entities.ts'
import { agrees, inboundCell, isKnown, outboundCell, statusOf } from './mapping.ts'
import { isStepBack } from './order-states.ts'

/** `kept`: moved, but to a pair that says nothing to the shop. `muted`: moved, but the shop fulfils and does not listen. */
export type OursNews = 'unchanged' | 'kept' | 'muted' | 'unmapped' | 'changed'

/** `old-echo`: an earlier step of a push that is complete. `echo`: our own write, which base does not yet know. */
export type TheirsNews =
  | 'unchanged'
  | 'old-echo'
  | 'echo'
  | 'late'
  | 'unknown'
  | 'kept'
  | 'foreign'
  | 'unmapped'
  | 'changed'

export interface Comparison {
  readonly ours: OursNews
  readonly theirs: TheirsNews
  /** What our pair should be called in the shop. */
  readonly cell: OutboundCell
  /** The shop's status as far as it can be believed: what is late or an old echo stands for base. Null: never heard. */
  readonly status: Status | null
  readonly agree: boolean
}

export function compare(facts: Facts, rules: Rules): Comparison {
  const theirs = theirsNews(facts, rules)
  const status = believed(facts, theirs)
  const agree = status !== null && theirs !== 'unknown' && agrees(rules, facts.ours, status)
  const cell = outboundCell(rules.mapping, facts.ours)
  return { ours: oursNews(facts, rules, theirs), theirs, cell, status, agree }
}

/**
 * News may arrive after newer news. Base alone cannot tell while a question is open, because base then stands still:
 * what counts is what we know of the shop. Answers the status to decide and to remember by.
 */
export function latest(rules: Rules, base: Agreement | null, known: Status | null, heard: Status): Status {
  // where base knows it as well, `decide` itself calls it late or an echo, by name
  if (known === null || known === base?.status) return heard
  return isStepBack(rules.steps, known, heard) ? known : heard
}

function theirsNews({ base, theirs, sent, owner }: Facts, rules: Rules): TheirsNews {
  if (theirs === null || theirs === base?.status) return 'unchanged'
  if (sent.includes(theirs)) return isOldEcho(sent, theirs, base) ? 'old-echo' : 'echo'
  if (!isKnown(rules, theirs)) return 'unknown'
  if (base !== null && isStepBack(rules.steps, base.status, theirs)) return 'late'
  const cell = inboundCell(rules.mapping, theirs)
  if (cell === 'keep') return 'kept'
  if (!owner) return 'foreign'
  return cell === 'conflict' ? 'unmapped' : 'changed'
}

/** We wrote base's status after this one. */
function isOldEcho(sent: readonly Status[], theirs: Status, base: Agreement | null): boolean {
  return base !== null && sent.lastIndexOf(base.status) > sent.lastIndexOf(theirs)
}

function believed({ base, theirs }: Facts, news: TheirsNews): Status | null {
  if (news === 'late' || news === 'old-echo') return base?.status ?? null
  return theirs ?? base?.status ?? null
}

function oursNews({ base, ours, fulfilledBy }: Facts, rules: Rules, theirs: TheirsNews): OursNews {
  const cell = outboundCell(rules.mapping, ours)
  // after a write that base does not know, base.pair is no longer what the shop was told
  const last = base === null || theirs === 'echo' ? null : outboundCell(rules.mapping, base.pair)
  if (cell === last) return 'unchanged'
  if (cell === 'keep') return 'kept'
  const status = statusOf(cell)
  if (status === null) return 'unmapped'
  return fulfilledBy === 'shop' && !rules.settableWhenShopFulfils.includes(status) ? 'muted' : 'changed'
}
