/** The stages of a test run: each timed, none hides another, summed at the end. */
import { StackError, say, seconds } from './report.ts'
import type { Counts } from './test-reports.ts'

interface Finished extends Counts {
  readonly name: string
  readonly ms: number
}

export class Board {
  private readonly order: readonly string[]
  private readonly finished = new Map<string, Finished>()

  /** `order` is how the stages are listed at the end; they may run side by side. */
  constructor(order: readonly string[]) {
    this.order = order
  }

  /** Runs a stage. Answers whether it went well; what it throws is its failure. */
  async stage(name: string, run: () => Promise<Counts>): Promise<boolean> {
    const began = Date.now()
    const counts = await run().catch(asFailure)
    this.add(name, Date.now() - began, counts)
    return counts.failed === 0
  }

  add(name: string, ms: number, counts: Counts): void {
    this.finished.set(name, { name, ms, ...counts })
    say(lineOf({ name, ms, ...counts }))
    for (const note of counts.notes) say(`       ${note}`)
  }

  /** Stages that could not run because an earlier one failed: each counts as a failure. */
  impossible(names: readonly string[], because: string): void {
    for (const name of names) this.add(name, 0, { passed: 0, failed: 1, notes: [`could not run: ${because}`] })
  }

  /** The table and the last line. Answers the exit code. */
  close(totalMs: number): number {
    const stages = this.order.flatMap((name) => this.finished.get(name) ?? [])
    const sum = (of: (stage: Finished) => number) => stages.reduce((total, stage) => total + of(stage), 0)
    const failed = sum((stage) => stage.failed)
    say(`\nstages (${seconds(totalMs)} in all, some side by side):`)
    for (const stage of stages) say(lineOf(stage))
    say(`${sum((stage) => stage.passed)} passed, ${failed} failed`)
    return failed === 0 ? 0 : 1
  }
}

function lineOf({ name, ms, passed, failed }: Finished): string {
  const mark = failed === 0 ? 'ok  ' : 'FAIL'
  return `${mark} ${name.padEnd(36)} ${seconds(ms).padStart(8)}   ${passed} passed, ${failed} failed`
}

function asFailure(error: unknown): Counts {
  const words = error instanceof Error ? error.message : String(error)
  const hint =
    error instanceof StackError ? [`what to do: ${error.hint}`, ...(error.log ? [`log: ${error.log}`] : [])] : []
  return { passed: 0, failed: 1, notes: [...words.split('\n').slice(0, 30), ...hint] }
}
