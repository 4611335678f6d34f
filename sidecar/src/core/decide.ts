/**
 * What to do about one link. Pure: the same facts and rules always have the same answer, which a person can read off
 * the table below. SPEC.md numbers the rules.
 *
 *   skipped by its caller -> nothing
 *   unknown word          -> refuse
 *   both agree            -> nothing, and that is the new base
 *   a person answered     -> do that
 *   never agreed before   -> ask
 *   otherwise             -> TABLE[what ours says][what theirs says]
 */
import type { Comparison, OursNews, TheirsNews } from './compare.ts'
import { compare } from './compare.ts'
import type { Agreement, ConflictKind, Decision, Facts, InputName, NothingReason, Rules, Status } from './entities.ts'
import { inboundCell, pairOf, statusOf } from './mapping.ts'
import { isLegalStep, ownPath } from './order-states.ts'

/** Everything a rule looks at. `status` is the shop's, as far as it can be believed. */
interface Look {
  readonly facts: Facts
  readonly rules: Rules
  readonly seen: Comparison
  readonly base: Agreement | null
  readonly status: Status
}

type Rule = (look: Look) => Decision

export function decide(facts: Facts, rules: Rules): Decision {
  const seen = compare(facts, rules)
  if (facts.skipped) return skippedByCaller(facts, seen)
  if (seen.status === null) return nothing('unchanged', null)
  const look: Look = { facts, rules, seen, base: facts.base, status: seen.status }
  if (seen.theirs === 'unknown') return refuseUnknown(look)
  if (seen.agree) return agreed(look)
  if (facts.answer !== null) return facts.answer === 'ours' ? answeredOurs(look) : answeredTheirs(look)
  if (look.base === null) return justLinked(look)
  return TABLE[seen.ours][seen.theirs](look)
}

// the ends ------------------------------------------------------------------------------------------------------------

function nothing(reason: NothingReason, agreement: Agreement | null): Decision {
  return { action: 'nothing', reason, agreed: agreement }
}

function conflict(kind: ConflictKind, status: Status | null, inputs: readonly InputName[] = []): Decision {
  return { action: 'conflict', kind, status, inputs }
}

/** Base stays as it is. */
const stay =
  (reason: NothingReason): Rule =>
  () =>
    nothing(reason, null)

const ask =
  (kind: ConflictKind): Rule =>
  ({ status }) =>
    conflict(kind, status)

/** From here on these two go together, though their words may differ: a person or the table said so. */
const accept =
  (reason: NothingReason): Rule =>
  ({ facts, status }) =>
    nothing(reason, { status, pair: facts.ours })

const refuseUnknown: Rule = ({ status }) => ({ action: 'refuse', reason: 'unknown-status', status })

/** The skipped change moves into base, so that no later look finds and pushes it. News of the shop stay news. */
function skippedByCaller({ base, ours }: Facts, seen: Comparison): Decision {
  if (base === null) return nothing('skipped-by-caller', null)
  const status = seen.theirs === 'echo' && seen.status !== null ? seen.status : base.status
  return nothing('skipped-by-caller', { status, pair: ours })
}

const agreed: Rule = (look) => {
  const { ours, theirs } = look.seen
  if (ours === 'unchanged' && theirs === 'old-echo') return nothing('own-echo', null)
  if (ours === 'unchanged' && theirs === 'late') return nothing('late-event', null)
  if (theirs === 'echo') return accept('own-echo')(look)
  return accept(ours === 'unchanged' && theirs === 'unchanged' ? 'unchanged' : 'agreed')(look)
}

// the rules of the table ----------------------------------------------------------------------------------------------

const apply: Rule = ({ rules, status }) => {
  const target = pairOf(inboundCell(rules.mapping, status))
  return target === null ? conflict('unmapped-status', status) : { action: 'apply', status, target }
}

const askBoth: Rule = (look) =>
  ask(look.rules.buyerEditing.includes(look.status) ? 'buyer-editing' : 'both-changed')(look)

const push: Rule = ({ facts, rules, seen, status: from }) => {
  const target = statusOf(seen.cell)
  if (target === null) return conflict('unmapped-pair', from)
  if (rules.buyerEditing.includes(from) && !isLegalStep(rules.steps, from, target, 'us'))
    return conflict('buyer-editing', from)
  if (rules.notSettable.includes(target)) return { action: 'refuse', reason: 'status-not-settable', status: target }
  const path = ownPath(rules, from, target, facts.fulfilledBy)
  if (path === null) return conflict('illegal-transition', target)
  return askForInputs(path, facts.missing) ?? { action: 'push', path, agreed: { status: target, pair: facts.ours } }
}

/** All that is missing on the whole way is asked at once: half a way is no place to wait. */
function askForInputs(path: readonly Status[], missing: Facts['missing']): Decision | null {
  const asking = path.filter((status) => inputsAt(missing, status).length > 0)
  const inputs = new Set(asking.flatMap((status) => inputsAt(missing, status)))
  return asking.length === 0 ? null : conflict('input-needed', asking[0] ?? null, [...inputs])
}

function inputsAt(missing: Facts['missing'], status: Status): readonly InputName[] {
  return (Object.hasOwn(missing, status) ? missing[status] : undefined) ?? []
}

const unchanged: Rule = (look) => accept('unchanged')(look)

/**
 * Both sides differ here and have a base. A word of the shop that says nothing about Odoo (`kept`) does not move base:
 * when the buyer has finished editing and the shop says the old word again, that is no change.
 * A new word on either side does not compile until every cell has a rule.
 */
const TABLE: Readonly<Record<OursNews, Readonly<Record<TheirsNews, Rule>>>> = {
  unchanged: {
    unchanged,
    'old-echo': stay('own-echo'),
    echo: accept('own-echo'),
    late: stay('late-event'),
    unknown: refuseUnknown,
    kept: stay('kept'),
    foreign: stay('not-owner'),
    unmapped: ask('unmapped-status'),
    changed: apply,
  },
  kept: {
    unchanged: stay('kept'),
    'old-echo': stay('own-echo'),
    echo: accept('own-echo'),
    late: stay('late-event'),
    unknown: refuseUnknown,
    kept: stay('kept'),
    foreign: stay('not-owner'),
    unmapped: ask('unmapped-status'),
    changed: apply,
  },
  muted: {
    unchanged: stay('fulfilled-by-shop'),
    'old-echo': stay('fulfilled-by-shop'),
    echo: stay('fulfilled-by-shop'),
    late: stay('fulfilled-by-shop'),
    unknown: refuseUnknown,
    kept: stay('kept'),
    foreign: stay('not-owner'),
    unmapped: ask('unmapped-status'),
    changed: apply,
  },
  unmapped: {
    unchanged: ask('unmapped-pair'),
    'old-echo': ask('unmapped-pair'),
    echo: ask('unmapped-pair'),
    late: ask('unmapped-pair'),
    unknown: refuseUnknown,
    kept: ask('unmapped-pair'),
    foreign: ask('unmapped-pair'),
    unmapped: ask('unmapped-pair'),
    changed: ask('unmapped-pair'),
  },
  changed: {
    unchanged: push,
    'old-echo': push,
    echo: push,
    late: push,
    unknown: refuseUnknown,
    kept: push,
    foreign: push,
    unmapped: askBoth,
    changed: askBoth,
  },
}

// the two special cases -----------------------------------------------------------------------------------------------

/** Nobody changed anything since they agreed, because they never did. */
const justLinked: Rule = (look) => {
  const { facts, rules, seen, status } = look
  const target = statusOf(seen.cell)
  if (seen.cell === 'conflict') return conflict('unmapped-pair', status)
  if (seen.theirs === 'kept' && target === null) return nothing('kept', null)
  // the buyer is editing what Odoo has as a draft: the shop itself will come back to the draft's own word
  if (seen.theirs === 'kept' && target !== null && isLegalStep(rules.steps, status, target, 'shop'))
    return nothing('kept', { status: target, pair: facts.ours })
  return askBoth(look)
}

/** Where nothing can or may be sent, the answer still ends the question. */
const answeredOurs: Rule = (look) => {
  if (statusOf(look.seen.cell) === null) return accept('kept')(look)
  const { facts, rules, seen } = look
  const mute = facts.fulfilledBy === 'shop' && !rules.settableWhenShopFulfils.includes(seen.cell)
  return mute ? accept('fulfilled-by-shop')(look) : push(look)
}

const answeredTheirs: Rule = (look) => {
  if (!look.facts.owner) return accept('not-owner')(look)
  const target = pairOf(inboundCell(look.rules.mapping, look.status))
  return target === null ? accept('kept')(look) : { action: 'apply', status: look.status, target }
}
