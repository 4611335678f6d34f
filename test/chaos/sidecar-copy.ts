/**
 * A copy of the built sidecar, run in its place: a long run restarts it many times, and must not pick up what a developer
 * builds meanwhile. Inside the stack's folder, so that Node still finds the packages.
 */
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { repo, stackDir } from '../stack/paths.ts'
import { launch, type PartSpec, parts, stopPart } from '../stack/processes.ts'

export function copySidecar(name: string): string {
  const copy = join(stackDir(), name)
  rmSync(copy, { recursive: true, force: true })
  cpSync(join(repo, 'sidecar/dist'), copy, { recursive: true })
  return copy
}

/** How the running sidecar was started. */
export function sidecarSpec(): PartSpec {
  const part = parts().sidecar
  if (!part) throw new Error('no sidecar runs in this stack')
  const { pid: _pid, born: _born, ...spec } = part
  return spec
}

export async function runSidecar(spec: PartSpec): Promise<void> {
  await stopPart('sidecar')
  launch('sidecar', spec)
}

export const from = (spec: PartSpec, copy: string): PartSpec => ({
  ...spec,
  args: [...spec.args.slice(0, -1), join(copy, 'main.js')],
})

export async function freezeSidecar(): Promise<void> {
  await runSidecar(from(sidecarSpec(), copySidecar('sidecar-copy')))
}
