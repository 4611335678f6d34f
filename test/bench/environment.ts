/**
 * A stack of the bench's own, beside the developer's: one Odoo process serves two databases that differ in the addon only,
 * and PostgreSQL writes down when each transaction was committed.
 */

import { freezeSidecar } from '../chaos/sidecar-copy.ts'
import { freshDatabase } from '../stack/database.ts'
import { BASE } from '../stack/golden.ts'
import { OdooRpc } from '../stack/odoo-rpc.ts'
import { readPlan } from '../stack/plan.ts'
import { type Cluster, isServing, sql } from '../stack/postgres.ts'
import { answers, launch, type PartName, type PartSpec, parts, ready, stopPart } from '../stack/processes.ts'
import { StackError, step } from '../stack/report.ts'
import { mainCompany, type Seeded, seedPartner, seedProducts } from '../stack/seed.ts'
import { known } from '../stack/smoke.ts'
import { bringDown, bringUp, prepare } from '../stack/stack.ts'
import type { StackState } from '../stack/state.ts'

const PLAIN = 'bench_plain'

export interface Bench {
  readonly state: StackState
  readonly cluster: Cluster
  readonly withAddon: Side
  readonly plain: Side
  readonly shopToken: string
}

/** One of the two databases. */
export interface Side {
  readonly db: string
  readonly rpc: OdooRpc
  readonly goods: Pick<Seeded, 'company' | 'partner' | 'products'>
}

export async function openBench(): Promise<Bench> {
  const state = await bringUp({ workers: 0, fresh: true })
  await freezeSidecar()
  const { cluster } = await prepare()
  await step('Odoo and PostgreSQL as the bench needs them', () => restart(state, cluster))
  const credentials = (db: string) => ({ url: state.odoo.url, db, login: 'admin', password: 'admin' })
  const linked = await OdooRpc.login(credentials(state.odoo.db))
  const plain = await OdooRpc.login(credentials(PLAIN))
  return {
    state,
    cluster,
    withAddon: { db: state.odoo.db, rpc: linked, goods: await known(linked) },
    plain: { db: PLAIN, rpc: plain, goods: await step('goods for the plain database', () => goodsFor(plain)) },
    shopToken: readPlan()?.shopToken ?? '',
  }
}

export const closeBench = bringDown

async function restart(state: StackState, cluster: Cluster): Promise<void> {
  await stopPart('odoo')
  await stopPart('postgres')
  relaunch('postgres', (args) => [...args, '-c', 'track_commit_timestamp=on'])
  await ready('postgres', () => isServing(cluster), 60_000)
  await freshDatabase(cluster, BASE, PLAIN, state.odoo.url)
  const serving = [`--database=${state.odoo.db},${PLAIN}`, '--max-cron-threads=0']
  relaunch('odoo', (args) => [
    ...args.filter((arg) => !/^--(database|db-filter|max-cron-threads)=/.test(arg)),
    ...serving,
  ])
  await ready('odoo', () => answers(`${state.odoo.url}/web/health`), 120_000)
}

function relaunch(name: PartName, change: (args: readonly string[]) => string[]): void {
  const part = parts()[name]
  if (!part) throw new StackError(`${name} does not run.`, 'read the lines above')
  const { pid: _pid, born: _born, ...spec }: PartSpec & { pid: number; born: string } = part
  launch(name, { ...spec, args: change(spec.args) })
}

async function goodsFor(rpc: OdooRpc): Promise<Side['goods']> {
  const company = await mainCompany(rpc)
  return { company, products: await seedProducts(rpc, company), partner: await seedPartner(rpc) }
}

/** When the transactions that last wrote these deliveries were committed, by PostgreSQL's own note, in ms of the epoch. */
export async function commitTimes(bench: Bench, pickings: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const rows = await sql(
    bench.cluster,
    bench.withAddon.db,
    `select id, extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000 from stock_picking where id in (${pickings.join(',')})`,
  )
  return new Map(rows.split('\n').map((row) => numbersOf(row)))
}

function numbersOf(row: string): [number, number] {
  const [id, at] = row.split('|').map(Number)
  if (!id || !at) throw new Error(`PostgreSQL knows no commit time: ${row}`)
  return [id, at]
}
