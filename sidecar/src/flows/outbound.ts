/**
 * Carrying a decision to the shop, one legal step at a time. The operation is durable before the request leaves; what
 * became of it is durable before Odoo is told. An outcome that nobody knows is settled before anything else happens to
 * that link, in the way the connector declares.
 */
import type { PushResult, RefusalCode } from '../connectors/contract.ts'
import type { Decision, Status } from '../core/entities.ts'
import { nextAttempt } from '../core/retry.ts'
import type { Row } from '../odoo/wire.ts'
import { causeOf, causeOfOperation, foldedText, logRow } from './explain.ts'
import type { Flow, LiveShop } from './flow.ts'
import type { InboxOutcome, InboxRow, OperationRecord } from './ports.ts'
import type { Work } from './work.ts'

type Push = Extract<Decision, { action: 'push' }>

/** A call that takes longer than this shows as "syncing". */
const SHOW_AFTER_MS = 300
const CALL_LIMIT_MS = 60_000
/** A wrong token does not mend itself: a person will, and then everything is tried at once. */
const MISCONFIGURED_DELAY_MS = 5 * 60_000

export async function push(
  flow: Flow,
  work: Work,
  shop: LiveShop,
  decision: Push,
  rows: readonly Row[],
  newest: InboxRow | null,
) {
  if (work.dueAt > flow.clock.now()) return flow.runner.later(work.link, work.dueAt)
  const operation = planned(flow, work, decision, rows, newest)
  const openAgain = shop.breaker.admit(flow.clock.now())
  if (openAgain > 0) return waitForBreaker(flow, work, operation, openAgain)
  work.open = operation
  work.lastOperation = operation.id
  await flow.store.record(operation)
  await walk(flow, work, shop, operation)
}

function waitForBreaker(flow: Flow, work: Work, operation: OperationRecord, due: number) {
  progress(flow, work, operation, { state: 'pending', code: 'breaker-open', answer: '', due })
  flow.runner.later(work.link, due)
}

/** An operation found open: after a crash, or when an unknown outcome is due to be settled. */
export async function settleUnknown(flow: Flow, work: Work, shop: LiveShop, operation: OperationRecord) {
  const heard = heardSince(work, operation)
  if (heard === operation.path[operation.step]) return stepDone(flow, work, shop, operation, 'heard from the shop')
  if (heard !== null) return abandon(flow, work, operation)
  const due = Math.max(Date.parse(operation.dueAt), shop.breaker.admit(flow.clock.now()))
  if (due > flow.clock.now()) return flow.runner.later(work.link, due)
  if (shop.connector.resolveUnknown === 'repeat') return walk(flow, work, shop, operation)
  const looked = await flow.lookAt(shop, operation.ref)
  if (!looked) return postpone(flow, work, operation, 'shop-unreachable')
  const found = heardSince(work, operation)
  if (found === operation.path[operation.step]) return stepDone(flow, work, shop, operation, 'read back')
  // the shop answers for its own state: what we meant to do did not happen, so it may be decided anew
  return abandon(flow, work, operation)
}

/** What the shop itself said since this operation left, when that says more than where it stood before. */
function heardSince(work: Work, operation: OperationRecord): Status | null {
  const newest = [...work.inbox.values()].at(-1)
  if (!newest || newest.receivedAt < operation.recordedAt) return null
  const before = operation.step > 0 ? operation.path[operation.step - 1] : operation.theirs
  return newest.change.status === before ? null : newest.change.status
}

async function walk(flow: Flow, work: Work, shop: LiveShop, operation: OperationRecord): Promise<void> {
  const to = operation.path[operation.step]
  if (to === undefined) return finish(flow, work, operation, '', 0)
  const { result, durationMs } = await send(flow, work, shop, operation, to)
  switch (result.kind) {
    case 'done':
      shop.breaker.succeeded()
      return stepDone(flow, work, shop, operation, result.answer, durationMs)
    case 'refused':
      shop.breaker.succeeded()
      return refused(flow, work, shop, operation, result.code, result.answer, durationMs)
    case 'unknown':
      shop.breaker.failed(flow.clock.now())
      return postpone(flow, work, operation, 'unknown-outcome', result.answer)
    case 'retry': {
      if (result.code !== 'rate-limited') shop.breaker.failed(flow.clock.now())
      // asked again about something that may have happened already: not knowing stays not knowing
      if (operation.state === 'unknown') return postpone(flow, work, operation, result.code, result.answer)
      return tryLater(flow, work, operation, result)
    }
  }
}

async function send(flow: Flow, work: Work, shop: LiveShop, operation: OperationRecord, to: Status) {
  const release = await shop.pace.take()
  const slow = setTimeout(() => showSyncing(flow, work, operation), SHOW_AFTER_MS)
  const startedMs = flow.clock.now()
  const at = flow.clock.iso()
  const signal = AbortSignal.any([AbortSignal.timeout(CALL_LIMIT_MS), flow.stopping])
  const { ref, id, inputs } = operation
  let result: PushResult
  try {
    const from = operation.step > 0 ? (operation.path[operation.step - 1] ?? null) : operation.theirs
    result = await shop.session.push({ ref, from, to, operation: id, inputs }, signal)
  } catch (error) {
    // a connector answers with a value; what it throws says nothing about what the shop did
    flow.log.error({ link: work.link, shop: shop.id, error }, 'a connector failed while sending')
    result = { kind: 'unknown', code: 'odd-answer', answer: 'the call failed' }
  } finally {
    clearTimeout(slow)
    release()
  }
  const durationMs = flow.clock.now() - startedMs
  const code = 'code' in result ? result.code : ''
  const attempt = {
    operation: id,
    at,
    number: operation.attempts + 1,
    to,
    outcome: result.kind,
    code,
    answer: result.answer,
    durationMs,
  }
  flow.store.attempt(attempt).catch((error: unknown) => flow.log.error({ error }, 'an attempt could not be recorded'))
  return { result, durationMs }
}

async function stepDone(
  flow: Flow,
  work: Work,
  shop: LiveShop,
  operation: OperationRecord,
  answer: string,
  durationMs = 0,
): Promise<void> {
  const status = operation.path[operation.step] as Status
  const sent = [...work.record.sent, status].slice(-12)
  const saved = flow.table.save(work, { theirs: status, sent })
  const step = operation.step + 1
  if (step >= operation.path.length) {
    await saved
    return finish(flow, work, { ...operation, step }, answer, durationMs)
  }
  const next = { ...operation, step, state: 'sending' as const, attempts: 0 }
  work.open = next
  await flow.store.update(operation.id, { step, state: 'sending', attempts: 0 })
  return walk(flow, work, shop, next)
}

async function finish(flow: Flow, work: Work, operation: OperationRecord, answer: string, durationMs: number) {
  const base = operation.agreed
  const told = {
    at: flow.clock.iso(),
    direction: 'out' as const,
    operation: operation.id,
    attempt: operation.attempts + 1,
    cause: causeOfOperation(operation),
    theirs: operation.theirs,
    rule: operation.reason,
    sent: operation.path.join(' > '),
    answer: [answer, foldedText(operation.rows.length)].filter(Boolean).join('; '),
    code: '',
    durationMs,
    outcome: 'sent',
  }
  const ack = flow.tell.item(work, {
    rows: operation.rows,
    outcome: 'sent',
    operation: operation.id,
    state: 'synced',
    reason: 'agreed',
    agreed: base,
    theirs: work.record.theirs,
    sent: work.record.sent,
    log: [logRow(work, told)],
  })
  const saved = flow.table.save(work, { base })
  const done = flow.store.update(operation.id, { state: 'done', step: operation.step, ack })
  await Promise.all([done, saved, closeInbox(flow, work, operation, 'nothing')])
  flow.table.takeRows(work, operation.rows)
  work.open = null
  work.attempts = 0
  work.dueAt = 0
  work.refused = null
  void tellDone(flow, operation.id, ack)
}

/** Also after a restart: the shop has it, and Odoo may not have heard. */
export async function tellDone(flow: Flow, id: string, ack: NonNullable<OperationRecord['ack']>) {
  try {
    await flow.tell.repeat(ack)
    await flow.store.closeOperations([id])
  } catch (error) {
    flow.log.warn({ operation: id, error }, 'Odoo was not told yet; it will be after the next start or look')
  }
}

/** The shop's news that led here, if any, end with the operation. */
async function closeInbox(flow: Flow, work: Work, operation: OperationRecord, outcome: InboxOutcome) {
  if (!operation.inbox) return
  work.inbox.delete(operation.inbox)
  await flow.store.closeInbox([operation.inbox], outcome, 'decided together with Odoo')
}

/** Nothing happened at the shop: forget the operation, keep the rows, decide anew when the time has come. */
async function tryLater(
  flow: Flow,
  work: Work,
  operation: OperationRecord,
  result: Extract<PushResult, { kind: 'retry' }>,
) {
  await close(flow, work, operation)
  work.attempts += 1
  const kind = result.code === 'rate-limited' ? 'rate-limited' : 'transient'
  const due = nextAttempt({
    attempt: work.attempts,
    kind,
    retryAfterMs: result.retryAfterMs,
    now: flow.clock.now(),
    random: flow.random(),
  })
  if (due === 'give-up') return giveUp(flow, work, operation, result.code, result.answer)
  work.dueAt = due
  progress(flow, work, operation, { state: 'pending', code: result.code, answer: result.answer, due })
  flow.runner.later(work.link, due)
}

async function postpone(flow: Flow, work: Work, operation: OperationRecord, code: string, answer = '') {
  const attempts = operation.attempts + 1
  const now = flow.clock.now()
  const asked = nextAttempt({ attempt: attempts, kind: 'unknown', now, random: flow.random() })
  // an unknown outcome is never given up: it is asked again, seldom
  const due = asked === 'give-up' ? now + 3_600_000 : asked
  const open = { ...operation, state: 'unknown' as const, attempts, dueAt: new Date(due).toISOString() }
  work.open = open
  await flow.store.update(operation.id, { state: 'unknown', attempts, dueAt: open.dueAt })
  progress(flow, work, open, { state: 'pending', code, answer, due })
  flow.runner.later(work.link, due)
}

async function refused(
  flow: Flow,
  work: Work,
  shop: LiveShop,
  operation: OperationRecord,
  code: RefusalCode,
  answer: string,
  durationMs: number,
): Promise<void> {
  await close(flow, work, operation)
  if (code === 'unauthorized' || code === 'not-configured') {
    const due = flow.clock.now() + MISCONFIGURED_DELAY_MS
    work.dueAt = due
    progress(flow, work, operation, { state: 'failed', code, answer, due })
    return flow.runner.later(work.link, due)
  }
  if (code === 'bad-request') return giveUp(flow, work, operation, 'shop-error', answer)
  if (code === 'illegal-transition' && !(await refusedAgain(flow, work, shop, operation))) return
  const kind = code === 'unknown-order' ? 'lost-order' : code
  await end(flow, work, operation, { outcome: 'conflict', state: 'conflict', reason: kind, answer, durationMs })
}

/** A refusal may only mean that the shop moved on: its feed is read first, and the decision taken anew. */
async function refusedAgain(flow: Flow, work: Work, shop: LiveShop, operation: OperationRecord): Promise<boolean> {
  const path = operation.path.slice(operation.step).join(' > ')
  if (work.refused?.path === path && work.refused.feedSeen) {
    work.refused = null
    return true
  }
  const feedSeen = await flow.lookAt(shop, operation.ref)
  work.refused = { path, feedSeen }
  if (!feedSeen) work.dueAt = flow.clock.now() + 5_000
  if (feedSeen) flow.runner.kick(work.link)
  else flow.runner.later(work.link, work.dueAt)
  return false
}

const giveUp = (flow: Flow, work: Work, operation: OperationRecord, reason: string, answer: string) =>
  end(flow, work, operation, { outcome: 'failed', state: 'failed', reason, answer, durationMs: 0 })

interface Ending {
  readonly outcome: 'failed' | 'conflict'
  readonly state: 'failed' | 'conflict'
  readonly reason: string
  readonly answer: string
  readonly durationMs: number
}

async function end(flow: Flow, work: Work, operation: OperationRecord, ending: Ending) {
  const log = logRow(work, {
    at: flow.clock.iso(),
    direction: 'out',
    operation: operation.id,
    attempt: operation.attempts + 1,
    cause: causeOfOperation(operation),
    theirs: operation.theirs,
    rule: operation.reason,
    sent: operation.path[operation.step] ?? '',
    answer: ending.answer,
    code: ending.reason,
    durationMs: ending.durationMs,
    outcome: ending.outcome,
  })
  const { outcome, state, reason } = ending
  const { theirs, sent } = work.record
  await flow.tell.acknowledge(work, {
    rows: operation.rows,
    outcome,
    operation: operation.id,
    state,
    reason,
    theirs,
    sent,
    log: [log],
  })
  await closeInbox(flow, work, operation, ending.outcome)
}

/** The operation ends without an effect that anybody waits for. */
async function close(flow: Flow, work: Work, operation: OperationRecord) {
  work.open = null
  await flow.store.closeOperations([operation.id])
}

async function abandon(flow: Flow, work: Work, operation: OperationRecord) {
  const tried = operation.path[operation.step]
  if (tried) await flow.table.save(work, { sent: [...work.record.sent, tried].slice(-12) })
  await close(flow, work, operation)
  flow.runner.kick(work.link)
}

function showSyncing(flow: Flow, work: Work, operation: OperationRecord) {
  flow.tell.progress(work, { operation: operation.id, state: 'syncing', reason: 'waiting', log: [] })
}

function progress(
  flow: Flow,
  work: Work,
  operation: OperationRecord,
  what: { state: 'pending' | 'failed'; code: string; answer: string; due: number },
) {
  const log = logRow(work, {
    at: flow.clock.iso(),
    direction: 'out',
    operation: operation.id,
    attempt: Math.max(work.attempts, operation.attempts),
    cause: causeOfOperation(operation),
    theirs: operation.theirs,
    rule: operation.reason,
    sent: operation.path[operation.step] ?? '',
    answer: what.answer,
    code: what.code,
    durationMs: 0,
    outcome: 'retry',
  })
  const nextTry = new Date(what.due).toISOString()
  flow.tell.progress(work, { operation: operation.id, state: what.state, reason: what.code, nextTry, log: [log] })
}

function planned(
  flow: Flow,
  work: Work,
  decision: Push,
  rows: readonly Row[],
  newest: InboxRow | null,
): OperationRecord {
  const { record } = work
  const cause = causeOf(rows, 'shop')
  return {
    id: flow.newId(),
    direction: 'out',
    link: record.id,
    shop: record.shop,
    ref: record.ref,
    state: 'sending',
    path: decision.path,
    step: 0,
    rows: rows.map((row) => row.id),
    version: record.version,
    base: record.base,
    ours: record.ours,
    theirs: record.theirs,
    agreed: decision.agreed,
    inputs: work.inputs,
    trigger: cause.trigger,
    user: cause.user,
    hops: cause.hops,
    inbox: newest?.id ?? null,
    attempts: 0,
    dueAt: flow.clock.iso(),
    reason: 'push',
    recordedAt: flow.clock.iso(),
    ack: null,
    apply: null,
  }
}
