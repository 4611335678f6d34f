/**
 * One look at one link: gather what both sides say, ask the core, carry the answer out. Both directions end here, so
 * that a change of each side that meets in the middle is seen as what it is.
 */
import { latest } from '../core/compare.ts'
import { decide } from '../core/decide.ts'
import type { Agreement, Decision, Facts, Status } from '../core/entities.ts'
import { compareIds, type Fold, fold } from '../core/fold.ts'
import { isStepBack } from '../core/order-states.ts'
import type { LinkState, Outcome, Row } from '../odoo/wire.ts'
import { causeOf, foldedText, logRow, ruleText } from './explain.ts'
import type { Flow, LiveShop } from './flow.ts'
import * as inbound from './inbound.ts'
import * as outbound from './outbound.ts'
import type { InboxRow } from './ports.ts'
import type { Work } from './work.ts'

export async function settle(flow: Flow, link: string): Promise<void> {
  const work = flow.table.get(link)
  if (!work) return
  if (work.open) return settleOpen(flow, work)
  if (work.rows.size === 0 && work.inbox.size === 0) return flow.table.tidy()
  const shop = flow.shop(work.record.shop)
  if (!shop) return hold(flow, work, 'failed', 'not-configured')
  await look(flow, work, shop)
}

async function settleOpen(flow: Flow, work: Work) {
  const operation = work.open
  if (!operation) return
  if (operation.direction === 'in') {
    await inbound.carryOut(flow, work, operation)
  } else {
    const shop = flow.shop(operation.shop)
    if (!shop) return hold(flow, work, 'failed', 'not-configured')
    await outbound.settleUnknown(flow, work, shop, operation)
  }
  if (!work.open && (work.rows.size > 0 || work.inbox.size > 0)) flow.runner.kick(work.link)
}

async function look(flow: Flow, work: Work, shop: LiveShop) {
  const rows = inOrder(work.rows.values())
  const folded = fold(rows)
  // a skipped change is put aside by itself, before the shop's news could carry it along
  const inbox = folded?.skipped ? [] : inOrder(work.inbox.values())
  const newest = inbox.at(-1) ?? null
  await foldInbox(flow, work, inbox.slice(0, -1))
  if (newest) rememberNeeds(work, newest)
  const { base, theirs } = work.record
  // news may arrive after newer news: what counts is the newest that is known of the shop
  const heard = newest && latest(shop.rules, base, theirs, newest.change.status)
  const decision = notCarried(decide(factsOf(work, folded, heard), shop.rules), folded)
  switch (decision.action) {
    case 'push':
      if (!shop.config.send) return hold(flow, work, 'pending', 'sending-off')
      if (heard !== null && !isLate(work, shop, heard)) await flow.table.save(work, theirsAfter(work, heard))
      return outbound.push(flow, work, shop, decision, rows, newest)
    case 'apply':
      return inbound.apply(flow, work, shop, decision, rows, newest)
    default:
      return conclude(flow, work, shop, decision, { rows, folded, newest, heard })
  }
}

const inOrder = <T extends { readonly id: string }>(items: Iterable<T>): T[] =>
  [...items].sort((a, b) => compareIds(a.id, b.id))

/** Older news of the same order say nothing more. */
async function foldInbox(flow: Flow, work: Work, older: readonly InboxRow[]) {
  if (older.length === 0) return
  for (const row of older) work.inbox.delete(row.id)
  await flow.store.closeInbox(
    older.map((row) => row.id),
    'folded',
    '',
  )
}

/** What was made under `skip_marketplace_sync` is never sent, not even when a question is open: a person answers it. */
function notCarried(decision: Decision, folded: Fold | null): Decision {
  if (decision.action !== 'push' || !folded?.skipped) return decision
  return { action: 'conflict', kind: 'both-changed', status: null, inputs: [] }
}

const isLate = ({ record: { base } }: Work, shop: LiveShop, heard: Status): boolean =>
  base !== null && isStepBack(shop.rules.steps, base.status, heard)

function rememberNeeds(work: Work, newest: InboxRow) {
  const { record } = work
  const { change } = newest
  // a short message that does not say who delivers must not make the order ours
  const fulfilledBy = change.fulfilledBy ?? record.fulfilledBy
  if (fulfilledBy !== record.fulfilledBy) work.fulfillerNews = fulfilledBy
  work.record = { ...record, needs: change.needs ?? record.needs, fulfilledBy }
}

function factsOf(work: Work, folded: Fold | null, heard: Status | null): Facts {
  const { record } = work
  const missing: Record<Status, readonly ('buyer_code' | 'cancel_reason')[]> = {}
  for (const [status, inputs] of Object.entries(record.needs)) {
    const open = (inputs ?? []).filter((input) => !work.inputs[input])
    if (open.length > 0) missing[status] = open
  }
  return {
    base: record.base,
    ours: record.ours,
    theirs: heard ?? record.theirs,
    sent: record.sent,
    fulfilledBy: record.fulfilledBy,
    owner: record.owner,
    answer: folded?.answer ?? null,
    missing,
    // while a question is open base stands still: a skipped change must not move it either
    skipped: (folded?.skipped ?? false) && !work.questionOpen,
  }
}

/** An echo shows how far the shop's feed has come: what we wrote before it can no longer come back. */
function theirsAfter(work: Work, heard: Status): { theirs: Status | null; sent: readonly Status[] } {
  const { sent, theirs } = work.record
  const index = sent.lastIndexOf(heard)
  if (index < 0) return { theirs: heard, sent: [] }
  return { theirs: index === sent.length - 1 ? heard : theirs, sent: sent.slice(index) }
}

interface Conclusion {
  readonly outcome: Outcome
  readonly state: LinkState
  readonly reason: string
  readonly agreed: Agreement | null
}

const IN_STEP = new Set<string>(['agreed', 'unchanged', 'own-echo'])

function conclusionOf(decision: Exclude<Decision, { action: 'push' | 'apply' }>, work: Work): Conclusion {
  if (decision.action === 'conflict') {
    return { outcome: 'conflict', state: 'conflict', reason: decision.kind, agreed: null }
  }
  if (decision.action === 'refuse') {
    return { outcome: 'refused', state: 'failed', reason: decision.reason, agreed: null }
  }
  const { reason, agreed } = decision
  const unheard = !agreed && !work.record.base && !work.record.theirs
  const outcome = reason === 'skipped-by-caller' ? 'skipped' : 'nothing'
  if (unheard) return { outcome, state: 'pending', reason: 'waiting', agreed }
  // how we came to see it stands in the log; the badge says what is
  return { outcome, state: 'synced', reason: IN_STEP.has(reason) ? 'agreed' : reason, agreed }
}

interface Seen {
  readonly rows: readonly Row[]
  readonly folded: Fold | null
  readonly newest: InboxRow | null
  readonly heard: Status | null
}

async function conclude(
  flow: Flow,
  work: Work,
  shop: LiveShop,
  decision: Exclude<Decision, { action: 'push' | 'apply' }>,
  { rows, folded, newest, heard }: Seen,
) {
  const conclusion = conclusionOf(decision, work)
  const outcome = folded?.skipped ? 'skipped' : conclusion.outcome
  const operation = flow.newId()
  work.lastOperation = operation
  work.refused = null
  const { theirs, sent } = work.record
  // a late event is older than what we know: it changes nothing of what we know
  const isNews = heard !== null && conclusion.reason !== 'late-event'
  const known = isNews ? theirsAfter(work, heard) : { theirs, sent }
  const log = logRow(work, {
    at: flow.clock.iso(),
    direction: newest ? 'in' : 'out',
    operation,
    attempt: 1,
    cause: causeOf(rows, newest?.source ?? 'shop'),
    theirs: newest?.change.status ?? theirs,
    rule: ruleText(decision, shop.rules.mapping.version),
    sent: '',
    answer: foldedText(rows.length),
    code: conclusion.outcome === 'nothing' ? '' : conclusion.reason,
    durationMs: 0,
    outcome,
  })
  await flow.table.save(work, { ...known, ...(conclusion.agreed && { base: conclusion.agreed }) })
  if (newest) work.inbox.delete(newest.id)
  await flow.tell.acknowledge(work, {
    ...conclusion,
    rows: rows.map((row) => row.id),
    outcome,
    operation,
    theirs: known.theirs,
    sent: known.sent,
    log: [log],
  })
  if (newest) await flow.store.closeInbox([newest.id], inboxOutcome(outcome), conclusion.reason)
  if (work.inbox.size > 0) flow.runner.kick(work.link)
}

const inboxOutcome = (outcome: Outcome) =>
  outcome === 'conflict' ? 'conflict' : outcome === 'refused' ? 'refused' : 'nothing'

/** Nothing can be decided or sent now; the rows stay where they are, and the badge says why. */
function hold(flow: Flow, work: Work, state: 'failed' | 'pending', reason: string) {
  if (work.rows.size === 0) return
  work.lastOperation = flow.newId()
  flow.tell.progress(work, { operation: work.lastOperation, state, reason, log: [] })
}
