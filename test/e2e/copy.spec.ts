import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { forgetDatabase } from '../stack/database.ts'
import { odooArgs } from '../stack/odoo.ts'
import { OdooRpc } from '../stack/odoo-rpc.ts'
import { odooBin, odooEnv, odooPython } from '../stack/odoo-tree.ts'
import { freePort } from '../stack/ports.ts'
import { copyDatabase } from '../stack/postgres.ts'
import { answers, stopPart } from '../stack/processes.ts'
import { validate } from '../stack/seed.ts'
import { until } from '../stack/wait.ts'
import { expect, type Stage, startOdoo, test } from './support/journey.ts'

const COPY = 'raw_copy'

test('a raw copy of the database, started beside the first, sends nothing; the first goes on', async ({
  stage,
  orderIn,
  standIn,
}) => {
  const inCopy = await orderIn({ stage: 'ready' })
  const inFirst = await orderIn({ stage: 'ready' })
  await copyBeside(stage)
  const port = await freePort(8300)
  const copy = startCopy(stage, port)
  try {
    const url = `http://127.0.0.1:${port}`
    await until('the copy answers', 60_000, async () => ((await answers(`${url}/web/health`)) ? true : null))
    const rpc = await OdooRpc.login({ ...stage.state.odoo, url, db: COPY })
    await validate(rpc, inCopy.picking)
    await validate(stage.admin, inFirst.picking)
    await until('the shop hears of the first', 30_000, async () =>
      (await standIn.toldBySupplier(inFirst.ref)).includes('assigned_to_salesman') ? true : null,
    )
    // its own wake and a sweep of the sidecar have had their turn
    await sleep(5_000)
    expect(await standIn.toldBySupplier(inCopy.ref)).toEqual(['approved'])
  } finally {
    copy.kill('SIGKILL')
    if (copy.exitCode === null) await once(copy, 'exit')
    await forgetDatabase(stage.cluster, COPY)
  }
})

/** As an administrator would with the database's own tools: not a byte differs, so the uuid is the same. */
async function copyBeside(stage: Stage): Promise<void> {
  const { cluster, state } = stage
  await stopPart('odoo')
  await forgetDatabase(cluster, COPY)
  await copyDatabase(cluster, state.odoo.db, COPY)
  await startOdoo(stage)
}

function startCopy({ tree, cluster }: Stage, port: number): ChildProcess {
  const own = [`--http-port=${port}`, '--http-interface=127.0.0.1', `--db-filter=^${COPY}$`, '--max-cron-threads=1']
  const args = [odooBin, ...odooArgs(tree, cluster, COPY), ...own]
  return spawn(odooPython(), args, { env: odooEnv(tree), stdio: 'ignore' })
}
