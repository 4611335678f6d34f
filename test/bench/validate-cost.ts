/**
 * G1: what Validate costs a person with the addon, compared with the same Odoo without it. Rounds of three clicks in an
 * order drawn by chance: with the addon, without, and without once more as the control.
 */
import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '../stack/postgres.ts'
import { startPart, stopPart } from '../stack/processes.ts'
import { step } from '../stack/report.ts'
import { validate } from '../stack/seed.ts'
import { type Delivery, type LinkedDelivery, prepareDeliveries, prepareLinked, rest } from './deliveries.ts'
import type { Bench, Side } from './environment.ts'
import { queriesOfValidate } from './queries.ts'
import { seeded, shuffled } from './random.ts'
import { type Interval, pairedRatio, quantile } from './stats.ts'
import type { Outcome } from './verdict.ts'

const RATIO_GOAL = 1.01
const UPPER_GOAL = 1.02
const CONTROL_TOLERANCE = 0.01
/** Longer than everything that the addon and the sidecar do after a commit, so that no click pays for another. */
const PAUSE_MS = 250
const WARM_UP = 15

const SIDECAR = ['up', 'killed', 'black-holed'] as const
type SidecarState = (typeof SIDECAR)[number]

const ARMS = ['addon', 'plain', 'control'] as const
type Round = Readonly<Record<(typeof ARMS)[number], number>>

export async function validateCost(bench: Bench, n: number): Promise<Outcome> {
  const chance = seeded(1)
  const found: Found[] = []
  for (const sidecar of SIDECAR) {
    found.push(
      await step(`G1: Validate ${n} times three, sidecar ${sidecar}`, () => measure(bench, n, sidecar, chance)),
    )
  }
  startPart('sidecar')
  return {
    goal: 'G1',
    checks: found.flatMap(({ sidecar, ratio }) => [
      { what: `${sidecar} median ratio`, measured: ratio.value, limit: RATIO_GOAL, unit: 'ratio' },
      { what: `${sidecar} upper end`, measured: ratio.high, limit: UPPER_GOAL, unit: 'ratio' },
    ]),
    controls: found.map(({ sidecar, control }) => ({ what: sidecar, ratio: control, tolerance: CONTROL_TOLERANCE })),
    figures: Object.fromEntries(found.map((entry) => [entry.sidecar, entry])),
  }
}

interface Found {
  readonly sidecar: SidecarState
  readonly ratio: Interval
  readonly control: Interval
  readonly milliseconds: Readonly<Record<keyof Round, { readonly p50: number; readonly p99: number }>>
  readonly queries: { readonly addon: number; readonly plain: number }
}

async function measure(bench: Bench, n: number, sidecar: SidecarState, chance: () => number): Promise<Found> {
  const rounds: Round[] = []
  const queries = queriesOfValidate()
  const links: string[] = []
  for await (const round of deliveries(bench, n + WARM_UP, sidecar)) {
    links.push(round.addon.link)
    rounds.push(await clickAll(bench, round, chance))
  }
  await requireNoticed(bench, links)
  const counted = rounds.slice(WARM_UP)
  return {
    sidecar,
    ratio: pairedRatio(counted.map(({ addon, plain }) => ({ measured: addon, base: plain }))),
    control: pairedRatio(counted.map(({ control, plain }) => ({ measured: control, base: plain }))),
    milliseconds: {
      addon: spread(counted, 'addon'),
      plain: spread(counted, 'plain'),
      control: spread(counted, 'control'),
    },
    queries: { addon: queries(bench.withAddon.db), plain: queries(bench.plain.db) },
  }
}

function spread(rounds: readonly Round[], arm: keyof Round) {
  const values = rounds.map((round) => round[arm])
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99) }
}

/** An addon that notices nothing would be as fast as none. */
async function requireNoticed({ cluster, withAddon }: Bench, links: readonly string[]): Promise<void> {
  const noticed = await sql(
    cluster,
    withAddon.db,
    `select count(distinct link_id) from marketplace_outbox where cause = 'delivery_done' and link_id in (${links.join(',')})`,
  )
  if (Number(noticed) !== links.length) throw new Error(`the addon noticed ${noticed} of ${links.length} deliveries`)
}

type Waiting = Readonly<Record<keyof Round, Delivery>> & { readonly addon: LinkedDelivery }

/** Linking needs the sidecar, so all deliveries are made before it is taken away. */
async function* deliveries(bench: Bench, n: number, sidecar: SidecarState): AsyncIterable<Waiting> {
  startPart('sidecar')
  const addon = await prepareLinked(bench, n)
  const plain = await prepareDeliveries(bench.plain, 2 * n)
  const hole = await takeAway(bench, sidecar)
  try {
    for (const [index, delivery] of addon.entries()) {
      const [first, second] = plain.slice(2 * index)
      if (first && second) yield { addon: delivery, plain: first, control: second }
    }
    if (sidecar === 'up') await rest(bench)
  } finally {
    hole?.close()
  }
}

async function clickAll(bench: Bench, waiting: Waiting, chance: () => number): Promise<Round> {
  const taken = { addon: 0, plain: 0, control: 0 }
  for (const arm of shuffled(ARMS, chance)) {
    const side: Side = arm === 'addon' ? bench.withAddon : bench.plain
    await sleep(PAUSE_MS)
    const began = performance.now()
    await validate(side.rpc, waiting[arm].picking)
    taken[arm] = performance.now() - began
  }
  return taken
}

async function takeAway(bench: Bench, sidecar: SidecarState): Promise<Hole | null> {
  if (sidecar === 'up') return null
  await stopPart('sidecar', { hard: true })
  return sidecar === 'black-holed' ? blackHole(Number(new URL(bench.state.sidecar.url).port)) : null
}

interface Hole {
  close(): void
}

/** Takes every connection and never says a word. */
function blackHole(port: number): Promise<Hole> {
  const caught = new Set<Socket>()
  const server = createServer((socket) => {
    caught.add(socket)
    socket.on('error', () => undefined).once('close', () => caught.delete(socket))
  })
  const close = () => {
    server.close()
    for (const socket of caught) socket.destroy()
  }
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve({ close }))
  })
}
