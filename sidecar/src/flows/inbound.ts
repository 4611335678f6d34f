/**
 * Carrying a decision to Odoo: one call for a batch, Odoo's own methods, states read back. The operation is durable
 * before the call leaves and safe to repeat: Odoo knows an operation that it has already applied.
 */
import type { Decision } from '../core/entities.ts'
import { nextAttempt } from '../core/retry.ts'
import type { ApplyItem, ApplyResult, Row } from '../odoo/wire.ts'
import { Stopped } from './batch.ts'
import { causeOf, causeOfOperation, logRow } from './explain.ts'
import type { Flow, LiveShop } from './flow.ts'
import type { InboxRow, OperationRecord } from './ports.ts'
import { recordOf, type Work } from './work.ts'

type Apply = Extract<Decision, { action: 'apply' }>

export async function apply(
  flow: Flow,
  work: Work,
  shop: LiveShop,
  decision: Apply,
  rows: readonly Row[],
  newest: InboxRow | null,
) {
  if (work.dueAt > flow.clock.now()) return flow.runner.later(work.link, work.dueAt)
  const operation = planned(flow, work, shop, decision, rows, newest)
  work.open = operation
  await flow.store.record(operation)
  await carryOut(flow, work, operation)
}

/** Also for an operation found open after a crash: repeating it is safe. */
export async function carryOut(flow: Flow, work: Work, operation: OperationRecord): Promise<void> {
  if (!operation.apply) return close(flow, work, operation)
  let result: ApplyResult
  try {
    result = await flow.applier.add(operation.apply)
  } catch (error) {
    if (error instanceof Stopped) return
    flow.log.error({ link: work.link, error }, 'Odoo refused to apply a change')
    return busy(flow, work, operation, 'odoo-refused')
  }
  switch (result.outcome) {
    case 'applied':
      return applied(flow, work, operation, result)
    case 'stale':
      await close(flow, work, operation)
      flow.table.takeIn(result.snapshot)
      return flow.runner.kick(work.link)
    case 'conflict':
      return conflict(flow, work, operation, result)
    case 'failed':
      return busy(flow, work, operation, result.code)
  }
}

async function applied(flow: Flow, work: Work, operation: OperationRecord, result: ApplyResult) {
  work.open = null
  work.attempts = 0
  work.questionOpen = false
  work.lastOperation = operation.id
  const closed = [flow.store.closeOperations([operation.id])]
  if (operation.inbox) {
    work.inbox.delete(operation.inbox)
    closed.push(flow.store.closeInbox([operation.inbox], 'applied', ''))
  }
  flow.table.takeIn(result.snapshot)
  const { base, theirs } = recordOf(result.snapshot, work.record.needs, flow.clock.iso())
  closed.push(flow.table.save(work, { base, theirs, sent: [] }))
  await Promise.all(closed)
  if (operation.rows.length > 0) await closeRows(flow, work, operation)
  // the rows that applying made: decided like any other, and recognised as our own
  if (work.rows.size > 0 || work.inbox.size > 0) flow.runner.kick(work.link)
}

/** The rows that stood open when the shop's version was taken, a person's answer among them, ended with it. */
function closeRows(flow: Flow, work: Work, operation: OperationRecord) {
  const { base, theirs } = work.record
  return flow.tell.acknowledge(work, {
    rows: operation.rows,
    outcome: 'nothing',
    operation: operation.id,
    state: 'synced',
    reason: 'agreed',
    agreed: base,
    theirs,
    sent: [],
    log: [],
  })
}

async function conflict(flow: Flow, work: Work, operation: OperationRecord, result: ApplyResult) {
  await close(flow, work, operation)
  flow.table.takeIn(result.snapshot)
  const status = operation.apply?.status ?? ''
  await flow.table.save(work, { theirs: status })
  const log = logRow(work, {
    at: flow.clock.iso(),
    direction: 'in',
    operation: operation.id,
    attempt: operation.attempts + 1,
    cause: causeOfOperation(operation),
    theirs: status,
    rule: operation.reason,
    sent: '',
    answer: result.detail,
    code: result.code,
    durationMs: 0,
    outcome: 'conflict',
  })
  await flow.tell.acknowledge(work, {
    rows: operation.rows,
    outcome: 'conflict',
    operation: operation.id,
    state: 'conflict',
    reason: result.code,
    detail: result.detail,
    theirs: status,
    log: [log],
  })
  if (!operation.inbox) return
  work.inbox.delete(operation.inbox)
  await flow.store.closeInbox([operation.inbox], 'conflict', result.code)
}

/** Somebody works on that order right now, or Odoo is in the middle of something: come again. */
async function busy(flow: Flow, work: Work, operation: OperationRecord, code: string) {
  await close(flow, work, operation)
  work.attempts += 1
  const now = flow.clock.now()
  const asked = nextAttempt({ attempt: work.attempts, kind: 'unknown', now, random: flow.random() })
  work.dueAt = asked === 'give-up' ? now + 3_600_000 : asked
  const nextTry = new Date(work.dueAt).toISOString()
  flow.tell.progress(work, { operation: operation.id, state: 'pending', reason: code || 'busy', nextTry, log: [] })
  flow.runner.later(work.link, work.dueAt)
}

async function close(flow: Flow, work: Work, operation: OperationRecord) {
  work.open = null
  await flow.store.closeOperations([operation.id])
}

function planned(
  flow: Flow,
  work: Work,
  shop: LiveShop,
  decision: Apply,
  rows: readonly Row[],
  newest: InboxRow | null,
): OperationRecord {
  const { record } = work
  const id = flow.newId()
  const cause = causeOf(rows, newest?.source ?? 'shop')
  const word = shop.connector.statuses.find((status) => status.code === decision.status)
  const told = {
    at: flow.clock.iso(),
    direction: 'in' as const,
    operation: id,
    attempt: 1,
    cause,
    theirs: decision.status,
    rule: `apply · ${shop.rules.mapping.version}`,
    sent: `${decision.target.order}/${decision.target.delivery}`,
    answer: '',
    code: '',
    durationMs: 0,
    outcome: 'applied',
  }
  const item: ApplyItem = {
    operation: id,
    link: record.id,
    version: record.version,
    status: decision.status,
    status_label: word?.label ?? decision.status,
    actor: word?.actor ?? '',
    reason: newest?.change.reason ?? '',
    target: { ...decision.target },
    log: logRow(work, told),
  }
  return {
    id,
    direction: 'in',
    link: record.id,
    shop: record.shop,
    ref: record.ref,
    state: 'sending',
    path: [],
    step: 0,
    rows: rows.map((row) => row.id),
    version: record.version,
    base: record.base,
    ours: record.ours,
    theirs: decision.status,
    agreed: null,
    inputs: {},
    trigger: cause.trigger,
    user: cause.user,
    hops: cause.hops,
    inbox: newest?.id ?? null,
    attempts: 0,
    dueAt: flow.clock.iso(),
    reason: told.rule,
    recordedAt: flow.clock.iso(),
    ack: null,
    apply: item,
  }
}
