/**
 * `npm run bench [-- G1 G2 ...] [--n 300] [--quick]`: measures the goals on a real stack, prints what was found, writes
 * `bench.json`, and ends with one line per goal. Exit code 1 when a goal fails or gets no verdict.
 */
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { repo } from '../stack/paths.ts'
import { explain, say, step } from '../stack/report.ts'
import { killRunning } from '../stack/shell.ts'
import { type Bench, closeBench, openBench } from './environment.ts'
import { reaction } from './reaction.ts'
import { validateCost } from './validate-cost.ts'
import { lineOf, type Outcome, problems, verdictOf } from './verdict.ts'

interface Measurement {
  readonly goals: readonly string[]
  readonly run: (bench: Bench, n: number) => Promise<readonly Outcome[]>
}

/** G1 comes last: it takes the sidecar away. */
const MEASUREMENTS: readonly Measurement[] = [
  { goals: ['G2', 'G3'], run: reaction },
  { goals: ['G1'], run: async (bench, n) => [await validateCost(bench, n)] },
]

const USUAL_N = 300
const QUICK_N = 30

interface Options {
  readonly goals: ReadonlySet<string>
  readonly n: number
}

function optionsOf(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { n: { type: 'string' }, quick: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const known = MEASUREMENTS.flatMap(({ goals }) => goals)
  const strange = positionals.find((goal) => !known.includes(goal))
  if (strange) throw new Error(`${strange} is not measured here; there are ${known.toSorted().join(', ')}`)
  const n = Number(values.n ?? (values.quick ? QUICK_N : USUAL_N))
  if (!Number.isInteger(n) || n < 10) throw new Error(`--n ${values.n} is no number of samples (10 or more)`)
  return { goals: new Set(positionals.length > 0 ? positionals : known), n }
}

async function main(args: readonly string[]): Promise<number> {
  const { goals, n } = optionsOf(args)
  process.env.STACK_DIR ??= '.stack/bench'
  const load = loadavg()[0] ?? 0
  if (load > cpus().length / 2) say(`The machine is busy (load ${load.toFixed(1)}): expect refused verdicts.`)
  const outcomes: Outcome[] = []
  try {
    const bench = await openBench()
    for (const measurement of MEASUREMENTS) {
      if (!measurement.goals.some((goal) => goals.has(goal))) continue
      const found = await measurement.run(bench, n)
      outcomes.push(...found.filter(({ goal }) => goals.has(goal)))
    }
  } finally {
    await step('stack: stop', closeBench)
  }
  return report(
    outcomes.toSorted((a, b) => a.goal.localeCompare(b.goal)),
    n,
  )
}

function report(outcomes: readonly Outcome[], n: number): number {
  const entries = outcomes.map((outcome) => ({ ...outcome, verdict: verdictOf(outcome), problems: problems(outcome) }))
  const file = join(repo, 'bench.json')
  const machine = { cpus: cpus().length, model: cpus()[0]?.model ?? '', node: process.version }
  writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), n, machine, goals: entries }, null, 2)}\n`)
  for (const { goal, figures, controls, problems: why } of entries) {
    say(`\n${goal}`)
    for (const line of linesOf(figures)) say(` ${line}`)
    for (const { what, ratio } of controls) {
      say(` control ${what}: ${ratio.value.toFixed(4)} [${ratio.low.toFixed(4)}, ${ratio.high.toFixed(4)}]`)
    }
    for (const problem of why) say(` no verdict: ${problem}`)
  }
  say(`\nwritten: ${file}\n`)
  for (const outcome of outcomes) say(lineOf(outcome))
  return entries.every(({ verdict }) => verdict === 'pass') ? 0 : 1
}

/** `badge.p50 12.5 [12.1, 12.9] n 300`: one line per figure, intervals in one piece. */
function linesOf(figures: unknown, path = ''): readonly string[] {
  if (typeof figures !== 'object' || figures === null) return [`${path} ${shownFigure(figures)}`]
  const { value, low, high, n } = { value: null, low: null, high: null, n: null, ...figures }
  if (value !== null) return [`${path} ${shownFigure(value)} [${shownFigure(low)}, ${shownFigure(high)}] n ${n}`]
  return Object.entries(figures).flatMap(([name, inner]) => linesOf(inner, path ? `${path}.${name}` : name))
}

const shownFigure = (value: unknown) =>
  typeof value === 'number' ? String(Math.round(value * 1_000) / 1_000) : String(value)

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    killRunning()
    void closeBench().then(() => process.exit(130))
  })
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  explain(error)
  process.exitCode = 1
}
