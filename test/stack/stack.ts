/** Brings the whole stack up and down. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { whileBusy } from './busy.ts'
import { addonTemplate, ensureCluster, forgetDatabase, freshDatabase } from './database.ts'
import { ensurePackages, requireDebian, STACK_PACKAGES } from './debian.ts'
import { launchOdoo } from './odoo.ts'
import { OdooRpc } from './odoo-rpc.ts'
import { type OdooTree, odooTree } from './odoo-tree.ts'
import { stackDir } from './paths.ts'
import { forgetPlan, type Plan, planFor, readPlan, writePlan } from './plan.ts'
import { releasePorts } from './ports.ts'
import type { Cluster } from './postgres.ts'
import { answers, isRunning, PARTS, ready, stopPart } from './processes.ts'
import { say, step } from './report.ts'
import { launchCartona, Retailer } from './retailer.ts'
import { seed } from './seed.ts'
import { buildSidecar, connectorId, launchSidecar, pair, sidecarIsBuilt } from './sidecar.ts'
import { hasState, readState, type StackState, writeState } from './state.ts'

export const DATABASE = 'marketplace'

export interface UpOptions {
  readonly workers: number
  /** Begin with a new database even where the last one could go on. */
  readonly fresh: boolean
}

/** Everything below the running parts: packages, Odoo, a running cluster. */
export async function prepare(): Promise<{ tree: OdooTree; cluster: Cluster }> {
  if (!process.env.ODOO_HOME) requireDebian()
  const installed = await step('packages of this machine', () => ensurePackages(STACK_PACKAGES))
  if (installed.length > 0) say(`     installed: ${installed.join(' ')}`)
  const tree = await odooTree()
  return { tree, cluster: await ensureCluster(tree) }
}

export function isUp(): boolean {
  return hasState() && PARTS.every(isRunning)
}

export async function bringUp(options: UpOptions): Promise<StackState> {
  if (isUp()) return readState()
  return whileBusy(() => fromTheGround(options))
}

async function fromTheGround(options: UpOptions): Promise<StackState> {
  await bringDown()
  if (options.fresh) forgetPlan()
  const { tree, cluster } = await prepare()
  if (!sidecarIsBuilt()) await step('sidecar: build', buildSidecar)
  // the ports are chosen last: what takes minutes lies behind us
  const template = await addonTemplate(tree, cluster)
  const { plan, why } = await planFor(tree)
  if (why) await newDatabase(cluster, template, plan, why)
  await startParts(tree, cluster, plan, options)
  const state = stateOf(tree, plan)
  if (!plan.complete) await firstSteps(state, plan)
  writePlan({ ...plan, complete: true })
  writeState(state)
  return state
}

const urlOf = (port: number) => `http://127.0.0.1:${port}`

async function newDatabase(cluster: Cluster, template: string, plan: Plan, why: string): Promise<void> {
  await step(`database: a fresh one (${why})`, () => freshDatabase(cluster, template, DATABASE, urlOf(plan.ports.odoo)))
  writePlan(plan)
}

async function startParts(tree: OdooTree, cluster: Cluster, plan: Plan, options: UpOptions): Promise<void> {
  const { ports } = plan
  await releasePorts()
  launchCartona({ port: ports.cartona, token: plan.shopToken })
  launchSidecar({ port: ports.sidecar, pairingCode: plan.pairingCode, adminToken: plan.adminToken })
  launchOdoo(tree, cluster, DATABASE, { port: ports.odoo, geventPort: ports.gevent, workers: options.workers })
  await step('stand-in Cartona: ready', () => healthy('cartona', ports.cartona, '/__standin/health'))
  await step('sidecar: ready', () => healthy('sidecar', ports.sidecar, '/health/live'))
  await step(`Odoo ${tree.version}: ready`, () => healthy('odoo', ports.odoo, '/web/health'))
}

function healthy(name: 'cartona' | 'sidecar' | 'odoo', port: number, path: string): Promise<void> {
  return ready(name, () => answers(`${urlOf(port)}${path}`), 120_000)
}

async function firstSteps(state: StackState, plan: Plan): Promise<void> {
  const admin = await step('log in as admin', () => OdooRpc.login(state.odoo))
  const connector = await step('pair Odoo with the sidecar', async () => {
    await pair(admin, state.sidecar.url, state.odoo.url, plan.pairingCode)
    return connectorId(admin, 'cartona')
  })
  const { url } = state.marketplaces.cartona
  const shop = { name: 'Cartona Cairo', connector, baseUrl: `${url}/api/v1/`, token: plan.shopToken }
  await step('seeds: products, people, linked orders', () => seed(admin, new Retailer(url), shop))
}

function stateOf(tree: OdooTree, plan: Plan): StackState {
  return {
    odoo: { url: urlOf(plan.ports.odoo), db: DATABASE, login: 'admin', password: 'admin', version: tree.version },
    sidecar: { url: urlOf(plan.ports.sidecar), adminToken: plan.adminToken },
    marketplaces: { cartona: { url: urlOf(plan.ports.cartona) } },
  }
}

/** In the order in which they need each other: who asks stops before who answers. */
export async function bringDown(): Promise<void> {
  for (const name of ['sidecar', 'odoo', 'cartona', 'postgres'] as const) await stopPart(name)
  rmSync(join(stackDir(), 'state.json'), { force: true })
}

/** Stops the stack and forgets its database and state; the templates stay. */
export function reset(): Promise<void> {
  return whileBusy(forget)
}

async function forget(): Promise<void> {
  await bringDown()
  if (readPlan()) {
    const cluster = await ensureCluster(await odooTree())
    await forgetDatabase(cluster, DATABASE)
    await stopPart('postgres')
  }
  forgetPlan()
  if (existsSync(join(stackDir(), 'logs'))) rmSync(join(stackDir(), 'logs'), { recursive: true })
}
