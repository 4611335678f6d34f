/** Every decision can be explained: who, when, base/ours/theirs, which rule, what was sent, what came back. */
import type { Agreement, Decision, Status } from '../core/entities.ts'
import { fold } from '../core/fold.ts'
import type { LogRow, Row } from '../odoo/wire.ts'
import type { OperationRecord } from './ports.ts'
import { pairText, type Work } from './work.ts'

export interface Cause {
  readonly trigger: string
  readonly user: string
  readonly hops: number
}

export interface Told {
  readonly at: string
  readonly direction: 'in' | 'out'
  readonly operation: string
  readonly attempt: number
  readonly cause: Cause
  readonly theirs: Status | null
  readonly rule: string
  readonly sent: string
  readonly answer: string
  readonly code: string
  readonly durationMs: number
  readonly outcome: string
}

export const agreementText = (base: Agreement | null): string => (base ? `${base.status} = ${pairText(base.pair)}` : '')

export function logRow(work: Work, told: Told): LogRow {
  return {
    at: told.at,
    direction: told.direction,
    operation: told.operation,
    attempt: told.attempt,
    trigger: told.cause.trigger,
    user: told.cause.user,
    base: agreementText(work.record.base),
    ours: pairText(work.record.ours),
    theirs: told.theirs ?? '',
    rule: told.rule,
    sent: told.sent,
    answer: told.answer,
    code: told.code,
    duration_ms: Math.round(told.durationMs),
    outcome: told.outcome,
    hops: told.cause.hops,
  }
}

/** The newest row speaks for the fold; a change of the shop alone was caused by the shop. */
export function causeOf(rows: readonly Row[], source: string): Cause {
  return fold(rows) ?? { trigger: source, user: '', hops: 0 }
}

export const causeOfOperation = (operation: OperationRecord): Cause => ({
  trigger: operation.trigger,
  user: operation.user,
  hops: operation.hops,
})

/** One word for the log's rule column: what `decide` answered, and by which table. */
export function ruleText(decision: Decision, mappingVersion: string): string {
  const why = 'reason' in decision ? decision.reason : 'kind' in decision ? decision.kind : ''
  return [decision.action, why, mappingVersion].filter(Boolean).join(' · ')
}

/** A fast series folds on purpose, and says so. */
export const foldedText = (rows: number): string => (rows > 1 ? `${rows} changes folded into 1` : '')
