/**
 * Negative controls: a copy of the built sidecar with one protection taken out by a text patch. The ledger has to notice;
 * one that does not proves nothing about the sidecar as it is.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { copySidecar, from, runSidecar, sidecarSpec } from './sidecar-copy.ts'

export interface Patch {
  readonly name: string
  /** In the build. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** The pauses widen what a kill has to hit; the order of things is what is wrong. */
export const PATCHES: readonly Patch[] = [
  {
    name: 'the feed is acknowledged before what it brought is stored',
    file: 'flows/poll.js',
    find: 'const stored = await store.receive(',
    replace:
      'await acknowledge(shop, page.changes); await new Promise((later) => setTimeout(later, 1500)); const stored = await store.receive(',
  },
  {
    name: 'Odoo is told before the operation is recorded',
    file: 'flows/outbound.js',
    find: 'await flow.store.record(operation);',
    replace:
      "await flow.tell.acknowledge(work, { rows: operation.rows, outcome: 'sent', operation: operation.id, state: 'synced', " +
      "reason: 'agreed', agreed: operation.agreed, log: [] }); " +
      'await new Promise((later) => setTimeout(later, 700)); await flow.store.record(operation);',
  },
]

/** Runs `work` with the patched sidecar in place of the real one. */
export async function withPatch<T>(patch: Patch, work: () => Promise<T>): Promise<T> {
  const real = sidecarSpec()
  const copy = copySidecar('sidecar-patched')
  apply(patch, copy)
  try {
    await runSidecar(from(real, copy))
    return await work()
  } finally {
    await runSidecar(real)
    rmSync(copy, { recursive: true, force: true })
  }
}

function apply({ name, file, find, replace }: Patch, copy: string): void {
  const path = join(copy, file)
  const text = readFileSync(path, 'utf8')
  const places = text.split(find).length - 1
  if (places !== 1) throw new Error(`"${name}": ${places} places in ${file} fit the patch instead of one`)
  writeFileSync(
    path,
    text.replace(find, () => replace),
  )
}
