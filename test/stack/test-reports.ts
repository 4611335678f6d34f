/** What the test tools report, as counts and the lines a person wants to see. Pure. */
import { z } from 'zod'

export interface Counts {
  readonly passed: number
  readonly failed: number
  /** Only about what failed. */
  readonly notes: readonly string[]
}

/** A skipped test proves nothing, so it counts as failed everywhere. */
const skipNote = (name: string) => `skipped: ${name}`

/** Odoo's log of a test run. */
export function odooCounts(log: string): Counts {
  const lines = log.split('\n')
  const totals = lines.flatMap((line) => {
    const found = / (\d+) failed, (\d+) error\(s\) of (\d+) tests when loading database/.exec(line)
    return found ? [{ failed: Number(found[1]) + Number(found[2]), run: Number(found[3]) }] : []
  })
  const total = totals.at(-1)
  const skipped = lines.flatMap((line) => / skipped (\S.*)$/.exec(line)?.[1] ?? [])
  const broken = lines.flatMap((line) => / ERROR \S+ \S+: ((?:FAIL|ERROR): \S+)/.exec(line)?.[1] ?? [])
  if (!total || total.run === 0) return { passed: 0, failed: 1, notes: ['Odoo ran no test at all'] }
  const failed = total.failed + skipped.length
  return { passed: Math.max(0, total.run - failed), failed, notes: [...broken, ...skipped.map(skipNote)] }
}

const vitestSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
})

/** Vitest's JSON report. A file that could not even be loaded is one failure. */
export function vitestCounts(report: unknown): Counts {
  const files = vitestSchema.parse(report).testResults
  const tests = files.flatMap((file) => file.assertionResults)
  const bad = tests.filter((test) => test.status !== 'passed')
  const unloaded = files.filter((file) => file.assertionResults.length === 0 && file.status !== 'passed')
  const notes = bad.map((test) =>
    test.status === 'failed' ? `${test.fullName}: ${firstLine(test.failureMessages?.[0])}` : skipNote(test.fullName),
  )
  const failed = bad.length + unloaded.length
  return {
    passed: tests.length - bad.length,
    failed,
    notes: [...notes, ...unloaded.map((file) => `${file.name}: ${firstLine(file.message)}`)],
  }
}

interface Suite {
  readonly specs: readonly {
    readonly title: string
    readonly tests: readonly {
      readonly status: string
      readonly results: readonly { readonly error?: { readonly message?: string | undefined } | undefined }[]
    }[]
  }[]
  readonly suites?: readonly Suite[] | undefined
}

const suiteSchema: z.ZodType<Suite> = z.object({
  specs: z.array(
    z.object({
      title: z.string(),
      tests: z.array(
        z.object({
          status: z.string(),
          results: z.array(z.object({ error: z.object({ message: z.string().optional() }).optional() })),
        }),
      ),
    }),
  ),
  get suites() {
    return z.array(suiteSchema).optional()
  },
})

const playwrightSchema = z.object({
  suites: z.array(suiteSchema),
  errors: z.array(z.object({ message: z.string().optional() })),
})

/** Playwright's JSON report. A test that passed only when it was tried again is not trusted. */
export function playwrightCounts(report: unknown): Counts {
  const { suites, errors } = playwrightSchema.parse(report)
  const tests = suites.flatMap(specsOf).flatMap(({ title, tests: runs }) => runs.map((run) => ({ title, ...run })))
  const bad = tests.filter((test) => test.status !== 'expected')
  const notes = bad.map(({ title, status, results }) =>
    status === 'skipped' ? skipNote(title) : `${title}: ${firstLine(results.at(-1)?.error?.message)}`,
  )
  const broken = errors.map((error) => firstLine(error.message))
  const none = tests.length + errors.length === 0 ? ['Playwright ran no test at all'] : []
  const all = [...notes, ...broken, ...none]
  return { passed: tests.length - bad.length, failed: all.length, notes: all }
}

function specsOf(suite: Suite): Suite['specs'] {
  return [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)]
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the reports are coloured with escape codes
const COLOURS = /\u001b\[[0-9;]*m/g

function firstLine(text: string | undefined): string {
  return (text ?? 'no message').replace(COLOURS, '').trim().split('\n')[0] ?? ''
}
