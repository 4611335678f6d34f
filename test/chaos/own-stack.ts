/** A stack beside the developer's for one long run: fresh at the start, gone at the end, whatever happens between. */
import { explain, step } from '../stack/report.ts'
import { killRunning } from '../stack/shell.ts'
import { bringDown, bringUp } from '../stack/stack.ts'
import type { KillResult } from './kill.ts'
import { freezeSidecar } from './sidecar-copy.ts'
import { openWorld, type World } from './world.ts'

export async function onOwnStack(folder: string, run: (world: World) => Promise<number>): Promise<void> {
  process.env.STACK_DIR ??= folder
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      killRunning()
      void bringDown().then(() => process.exit(130))
    })
  }
  try {
    await bringUp({ workers: 0, fresh: true })
    await freezeSidecar()
    process.exitCode = await run(await openWorld())
  } catch (error) {
    explain(error)
    process.exitCode = 1
  } finally {
    await step('stack: stop', bringDown)
  }
}

export function tellResult(name: string, result: KillResult): void {
  const { seed, orders, changes, kills, repeats, conflicts, violations } = result
  console.log(
    `${name}: seed ${seed}, ${changes} changes on ${orders} orders, ${kills} kills, ${repeats} writes repeated, ` +
      `${conflicts} questions open, ${violations.length} violations`,
  )
  for (const violation of violations) console.log(`  ${violation}`)
}
