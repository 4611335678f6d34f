/** The complete table as a document: what is decided for every status and every pair, base by base. */
import { decide } from '../../../sidecar/src/core/decide.ts'
import type { Agreement, Decision, Facts, Pair, Rules, Status } from '../../../sidecar/src/core/entities.ts'
import { inboundCell, pairOf, pairText } from '../../../sidecar/src/core/mapping.ts'
import { CARTONA, CARTONA_DELIVERED, facts, PAIRS, pair, say } from './facts.ts'

interface Section {
  readonly title: string
  readonly rules: Rules
  readonly base: Agreement | null
  readonly changes: Partial<Facts>
}

/** The pair that a status asks for; a word that asks for nothing stands on the pair before it. */
export function baseOf(rules: Rules, status: Status): Agreement {
  return { status, pair: pairOf(inboundCell(rules.mapping, status)) ?? pair('draft/none') }
}

function sections(): readonly Section[] {
  const statuses = Object.keys(CARTONA.steps)
  const approved = baseOf(CARTONA, 'approved')
  const title = ({ status, pair }: Agreement) => `base ${status} = ${pairText(pair)}`
  const plain = statuses.map((status) => baseOf(CARTONA, status))
  const at = (what: string, changes: Partial<Facts>, rules = CARTONA, base: Agreement | null = approved): Section => ({
    title: `${what}, ${base === null ? 'never agreed' : title(base)}`,
    rules,
    base,
    changes,
  })
  return [
    { title: 'never agreed (just linked)', rules: CARTONA, base: null, changes: {} },
    ...plain.map((base) => ({ title: title(base), rules: CARTONA, base, changes: {} })),
    at('we wrote approved, and base does not know', { sent: ['approved'] }, CARTONA, baseOf(CARTONA, 'pending')),
    at('the shop delivers', { fulfilledBy: 'shop' }),
    at('another link leads', { owner: false }),
    at('a person answered "Odoo"', { answer: 'ours' }),
    at('a person answered "the shop"', { answer: 'theirs' }),
    at('a person answered "Odoo"', { answer: 'ours' }, CARTONA, null),
    at('a person answered "the shop"', { answer: 'theirs' }, CARTONA, null),
    at('validation means delivered', {}, CARTONA_DELIVERED),
  ]
}

export function tableDocument(): string {
  return [
    '# What is decided, case by case',
    '',
    'Generated from `decide` by `table.test.ts`, which fails when this page and the code differ; write it anew with',
    '`UPDATE_TABLES=1 npx vitest run test/core/table.test.ts`, and read the difference before it is committed.',
    '',
    'Rows: what Odoo says (pairs with the same answers share a row). Columns: what the shop says. `=` the two agree and that is the new base,',
    '`·` nothing changed, `-` left aside (with the reason), `>` written to the shop step by step, `<` applied in Odoo, `?` asked of a person,',
    '`!` refused by name.',
    '',
    ...sections().flatMap(sectionLines),
  ].join('\n')
}

function sectionLines({ title, rules, base, changes }: Section): readonly string[] {
  const columns = [...Object.keys(rules.steps), null]
  const answers = new Map<string, Pair[]>()
  for (const ours of PAIRS) {
    const cells = columns.map((theirs) => cell(decide(facts({ base, ours, theirs, ...changes }), rules))).join(' | ')
    answers.set(cells, [...(answers.get(cells) ?? []), ours])
  }
  const heads = columns.map((theirs) => theirs ?? '(not heard)').join(' | ')
  return [
    `## ${title[0]?.toUpperCase()}${title.slice(1)}`,
    '',
    `| Odoo \\ shop | ${heads} |`,
    `| --- |${' --- |'.repeat(columns.length)}`,
    ...[...answers].map(([cells, pairs]) => `| ${grouped(pairs)} | ${cells} |`),
    '',
  ]
}

/** `sale: none waiting ready`, order side by order side. */
function grouped(pairs: readonly Pair[]): string {
  const orders = [...new Set(pairs.map((one) => one.order))]
  const deliveries = (order: string) => pairs.filter((one) => one.order === order).map((one) => one.delivery)
  return orders.map((order) => `${order}: ${deliveries(order).join(' ')}`).join('; ')
}

function cell(decision: Decision): string {
  const said = say(decision)
  const rest = said.slice(said.indexOf(' ') + 1)
  switch (decision.action) {
    case 'nothing':
      return rest === 'unchanged' ? '·' : rest === 'agreed' ? '=' : `- ${rest}`
    case 'push':
      return `> ${decision.path.join(' > ')}`
    case 'apply':
      return `< ${rest}`
    case 'conflict':
      return `? ${rest}`
    case 'refuse':
      return `! ${rest}`
  }
}
