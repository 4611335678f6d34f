/**
 * What a stack was made of, kept in `.stack/plan.json`. A stopped stack is taken up again where it was left as long as the
 * addon and Odoo are the same and its ports are free; else it begins anew, and says why.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { addonHash } from './database.ts'
import { goldenKey } from './golden.ts'
import type { OdooTree } from './odoo-tree.ts'
import { stackDir } from './paths.ts'
import { choosePorts, portsAreFree } from './ports.ts'
import { cartonaData } from './retailer.ts'
import { sidecarData } from './sidecar.ts'

const planSchema = z.object({
  addon: z.string(),
  golden: z.string(),
  ports: z.object({ odoo: z.number(), gevent: z.number(), sidecar: z.number(), cartona: z.number() }),
  adminToken: z.string(),
  pairingCode: z.string(),
  shopToken: z.string(),
  /** Paired and seeded: only then can it be taken up again. */
  complete: z.boolean(),
})
export type Plan = z.infer<typeof planSchema>

const file = () => join(stackDir(), 'plan.json')

export function readPlan(): Plan | null {
  if (!existsSync(file())) return null
  const read = planSchema.safeParse(JSON.parse(readFileSync(file(), 'utf8')))
  return read.success ? read.data : null
}

export function writePlan(plan: Plan): void {
  writeFileSync(file(), JSON.stringify(plan, null, 2), { mode: 0o600 })
}

/** Forgets everything but the logs and the cluster. */
export function forgetPlan(): void {
  for (const path of [file(), sidecarData(), cartonaData()]) rmSync(path, { recursive: true, force: true })
}

/** The plan to go on with, or a new one. `why` is empty when the stopped stack goes on. */
export async function planFor(tree: OdooTree): Promise<{ plan: Plan; why: string }> {
  const old = readPlan()
  const why = await whyAnew(old, tree)
  if (old && why === '') return { plan: old, why }
  forgetPlan()
  const plan = {
    addon: addonHash(),
    golden: goldenKey(tree),
    ports: await choosePorts(),
    adminToken: randomBytes(18).toString('base64url'),
    pairingCode: randomBytes(6).toString('hex').toUpperCase(),
    shopToken: randomBytes(12).toString('hex'),
    complete: false,
  }
  return { plan, why }
}

async function whyAnew(old: Plan | null, tree: OdooTree): Promise<string> {
  if (!old) return 'new stack'
  if (!old.complete) return 'the last start did not finish'
  if (old.golden !== goldenKey(tree)) return 'another Odoo'
  if (old.addon !== addonHash()) return 'the addon changed'
  if (!askedFor(old)) return 'other ports were asked for'
  return (await portsAreFree(old.ports)) ? '' : 'its ports are taken'
}

function askedFor({ ports }: Plan): boolean {
  const asked = {
    odoo: 'ODOO_PORT',
    gevent: 'ODOO_GEVENT_PORT',
    sidecar: 'SIDECAR_PORT',
    cartona: 'CARTONA_PORT',
  } as const
  return (Object.keys(asked) as (keyof typeof asked)[]).every((name) => {
    const port = process.env[asked[name]]
    return !port || Number(port) === ports[name]
  })
}
