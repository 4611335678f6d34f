/** Every fact there can be for a table: all statuses, all pairs, all bases, all flags, decided once. */
import { rules as memory } from '../../../sidecar/src/connectors/memory/mapping.ts'
import { decide } from '../../../sidecar/src/core/decide.ts'
import type { Agreement, Decision, Facts, Pair, Rules } from '../../../sidecar/src/core/entities.ts'
import { pairText } from '../../../sidecar/src/core/mapping.ts'
import { CARTONA, CARTONA_DELIVERED, facts, PAIRS, pair, say } from './facts.ts'
import { baseOf } from './table.ts'

export interface Case {
  readonly facts: Facts
  readonly rules: Rules
  readonly decision: Decision
}

export const TABLES: readonly (readonly [string, Rules])[] = [
  ['cartona', CARTONA],
  ['cartona, validation means delivered', CARTONA_DELIVERED],
  ['memory', memory],
]

/** Every flag that is neither a status nor a pair. */
const FLAGS: readonly Partial<Facts>[] = [
  { owner: false },
  { fulfilledBy: 'shop' },
  { fulfilledBy: 'shop', owner: false },
  { answer: 'ours' },
  { answer: 'theirs' },
  { answer: 'ours', fulfilledBy: 'shop' },
  { answer: 'theirs', owner: false },
  { skipped: true },
]

/** Pairs of base that the table itself would not have chosen: agreed by a person, or by chance. */
const ODD_PAIRS = ['sale/cancel', 'cancel/done', 'sale/returning', 'draft/none'].map(pair)

function basesOf(rules: Rules): readonly (Agreement | null)[] {
  const statuses = Object.keys(rules.steps)
  const middle = statuses[2] ?? ''
  const odd = ODD_PAIRS.map((one) => ({ status: middle, pair: one }))
  return [null, ...statuses.map((status) => baseOf(rules, status)), ...odd]
}

/** What was written since base: base's own way, or something that base does not know. */
function writingsOf(rules: Rules, base: Agreement | null): readonly Partial<Facts>[] {
  const [first = '', , third = '', fourth = ''] = Object.keys(rules.steps)
  const ways = base === null ? [[third]] : [[first, base.status], [third, base.status], [third], [third, fourth]]
  return ways.flatMap((sent) => [{ sent }, { sent, skipped: true }])
}

export function casesOf(rules: Rules): readonly Case[] {
  const heard = [...Object.keys(rules.steps), null, 'nobody-knows']
  const looks = basesOf(rules).flatMap((base) =>
    [{}, ...writingsOf(rules, base), ...FLAGS].map((flags) => ({ base, ...flags })),
  )
  return looks.flatMap((look) =>
    PAIRS.flatMap((ours: Pair) =>
      heard.map((theirs) => {
        const one = facts({ ...look, ours, theirs })
        return { facts: one, rules, decision: decide(one, rules) }
      }),
    ),
  )
}

export function tell({ facts: { base, ours, theirs, ...rest }, decision }: Case): string {
  const from = base ? `${base.status} = ${pairText(base.pair)}` : 'never agreed'
  return `${say(decision)} | base ${from} | ours ${pairText(ours)} | theirs ${theirs} | ${JSON.stringify(rest)}`
}

/** The next look at the same link, after the decision was carried out and recorded and nothing else happened. */
export function nextLook({ facts: before, decision }: Case): Facts {
  const rest = { ...before, answer: null, skipped: false }
  switch (decision.action) {
    case 'push': {
      const { agreed, path } = decision
      return { ...rest, base: agreed, theirs: agreed.status, sent: [...before.sent, ...path] }
    }
    case 'apply': {
      const base = { status: decision.status, pair: decision.target }
      return { ...rest, base, ours: decision.target, theirs: decision.status, sent: [] }
    }
    case 'nothing':
      return decision.agreed === null ? rest : { ...rest, base: decision.agreed }
    default:
      return rest
  }
}
