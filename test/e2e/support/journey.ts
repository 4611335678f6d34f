/**
 * What every journey begins with: the running stack, Odoo's administrator by RPC, the retailer, and a guard that fails the
 * journey when any page of it reports an error.
 */
import { type BrowserContext, test as base } from '@playwright/test'
import { ensureCluster } from '../../stack/database.ts'
import { OdooRpc } from '../../stack/odoo-rpc.ts'
import { type OdooTree, odooTree } from '../../stack/odoo-tree.ts'
import { type Cluster, sql } from '../../stack/postgres.ts'
import { answers, isRunning, PARTS, startPart } from '../../stack/processes.ts'
import { Retailer } from '../../stack/retailer.ts'
import {
  createLinkedOrder,
  deliveryOf,
  type LinkedOrder,
  moveTo,
  type OrderWish,
  type Seeded,
  untilSynced,
} from '../../stack/seed.ts'
import { known } from '../../stack/smoke.ts'
import { readState, type StackState } from '../../stack/state.ts'
import { until } from '../../stack/wait.ts'
import { type ConsoleGuard, guard } from './console-guard.ts'
import { StandIn } from './stand-in.ts'

export interface Stage {
  readonly state: StackState
  readonly admin: OdooRpc
  readonly seeded: Seeded
  readonly tree: OdooTree
  readonly cluster: Cluster
  /** Looks into Odoo's database, past what a person may see. */
  readonly sql: (statement: string) => Promise<string>
}

interface Fixtures {
  readonly retailer: Retailer
  readonly standIn: StandIn
  readonly errors: ConsoleGuard
  /** One more linked order, in the stage the journey begins with. */
  readonly orderIn: (wish: OrderWish) => Promise<LinkedOrder>
  /** Another browser of another person, or the same one on another desk. */
  readonly browserOf: (login: string) => Promise<BrowserContext>
}

interface WorkerFixtures {
  readonly stage: Stage
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  stage: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from the pattern
    async ({}, use) => {
      const state = readState()
      const admin = await OdooRpc.login(state.odoo)
      const tree = await odooTree()
      const cluster = await ensureCluster(tree)
      const look = (statement: string) => sql(cluster, state.odoo.db, statement)
      await use({ state, admin, seeded: await known(admin), tree, cluster, sql: look })
    },
    { scope: 'worker' },
  ],
  retailer: async ({ stage }, use) => use(new Retailer(stage.state.marketplaces.cartona.url)),
  standIn: [
    async ({ stage }, use) => {
      const standIn = new StandIn(stage.state.marketplaces.cartona.url)
      await use(standIn)
      // the next journey begins with all parts up and no fault
      for (const part of PARTS) startPart(part)
      await startOdoo(stage)
      await standIn.healthy()
      await standIn.calm()
    },
    { auto: true },
  ],
  errors: [
    async ({ context }, use) => {
      const errors = guard()
      errors.watch(context)
      await use(errors)
      errors.check()
    },
    { auto: true },
  ],
  orderIn: async ({ stage, retailer }, use) => use((wish) => linkedOrder(stage, retailer, wish)),
  browserOf: async ({ browser, stage, errors }, use) => {
    const opened: BrowserContext[] = []
    await use(async (login) => {
      const context = await browser.newContext()
      opened.push(context)
      errors.watch(context)
      await signIn(context, stage.state, login)
      return context
    })
    for (const context of opened) await context.close()
  },
})

/** Odoo answers again. Its port was free for a moment, and another program may have tried it: then it is started again. */
export async function startOdoo({ state }: Stage): Promise<void> {
  await until('Odoo answers', 60_000, async () => {
    startPart('odoo')
    return (await answers(`${state.odoo.url}/web/health`)) && isRunning('odoo') ? true : null
  })
}

/** No row of the link waits any more. */
export async function untilAtRest({ sql: look }: Stage, link: number): Promise<void> {
  await until(`nothing of link ${link} waits`, 20_000, async () => {
    const waiting = await look(
      `select count(*) from marketplace_outbox where link_id = ${link} and closed_at is null and not skipped`,
    )
    return waiting === '0' ? true : null
  })
}

export { expect } from '@playwright/test'

/** Both sides agree before the order moves on: a person takes longer than that, too. */
async function linkedOrder({ admin, seeded }: Stage, retailer: Retailer, wish: OrderWish): Promise<LinkedOrder> {
  const made = await createLinkedOrder(admin, retailer, seeded, { ...wish, stage: 'quotation' })
  await moveTo(admin, made.order, wish.stage)
  await untilSynced(admin, made.link)
  return { ...made, picking: await deliveryOf(admin, made.order) }
}

/** Without the login page: one journey goes through it, the others need not. */
export async function signIn(context: BrowserContext, { odoo }: StackState, login: string): Promise<void> {
  const password = login === odoo.login ? odoo.password : login
  const { cookie } = await OdooRpc.login({ url: odoo.url, db: odoo.db, login, password })
  const [name = '', value = ''] = cookie.split('=')
  await context.addCookies([{ name, value, url: odoo.url }])
}
