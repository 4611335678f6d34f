/**
 * G2 and G3: how long after the commit of a Validate the shop is asked, and how long until a browser hears of it. One
 * series of clicks answers both. Between the clicks the bare cost of one write-back is measured in the same minutes.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { step } from '../stack/report.ts'
import { validate } from '../stack/seed.ts'
import { FineClock } from './clock.ts'
import { type LinkedDelivery, prepareLinked, shopId } from './deliveries.ts'
import { type Bench, commitTimes } from './environment.ts'
import { BusListener, badgesSchema, type Heard } from './listener.ts'
import { type Passed, Relay } from './relay.ts'
import { interleaved, interval, median, type Pair, pairedRatio, quantile } from './stats.ts'
import type { Control, Outcome } from './verdict.ts'
import { bareWriteBack, type WriteBack } from './write-back.ts'

const CONTROL_TOLERANCE = 0.02
/** Below the pace that the connector keeps to (5 calls a second), so that no click waits for the one before. */
const PAUSE_MS = 300
const WARM_UP = 15

interface Sample {
  /** Commit to the arrival of the request at the shop. */
  readonly request: number
  /** Commit to the message in the browser, without the time that the shop took to answer. */
  readonly badge: number
  /** One bare write-back, measured right after it. */
  readonly bare: number
}

export async function reaction(bench: Bench, n: number): Promise<readonly Outcome[]> {
  const clock = new FineClock()
  const relay = new Relay(bench.state.marketplaces.cartona.url, clock)
  await moveShop(bench, await relay.listen())
  const bus = await BusListener.open(bench.withAddon.rpc, clock)
  try {
    const deliveries = await step('G2, G3: linked deliveries', () => prepareLinked(bench, n + WARM_UP))
    const bare = await bareWriteBack(bench, bus, clock)
    const parts = { bench, relay, bus, clock, bare }
    const samples = await step(`G2, G3: ${n} commits`, () => measure(parts, deliveries))
    return [requestOutcome(samples.slice(WARM_UP)), badgeOutcome(samples.slice(WARM_UP))]
  } finally {
    bus.close()
    relay.close()
    await moveShop(bench, bench.state.marketplaces.cartona.url)
  }
}

async function moveShop(bench: Bench, url: string): Promise<void> {
  const settings = { base_url: `${url}/api/v1/`, poll_seconds: 5 }
  await bench.withAddon.rpc.write('marketplace.shop', [await shopId(bench)], { settings })
}

interface Parts {
  readonly bench: Bench
  readonly relay: Relay
  readonly bus: BusListener
  readonly clock: FineClock
  readonly bare: WriteBack
}

interface Click {
  readonly delivery: LinkedDelivery
  readonly passed: Passed
  readonly heard: number
  readonly bare: number
}

async function measure(parts: Parts, deliveries: readonly LinkedDelivery[]): Promise<readonly Sample[]> {
  const clicks: Click[] = []
  for (const delivery of deliveries) clicks.push(await click(parts, delivery))
  const pickings = deliveries.map(({ picking }) => picking)
  const commits = await commitTimes(parts.bench, pickings)
  return clicks.map((entry) => sampleOf(entry, commits.get(entry.delivery.picking) ?? 0))
}

async function click({ bench, relay, bus, clock, bare }: Parts, delivery: LinkedDelivery): Promise<Click> {
  clock.sync()
  const badge = bus.next(`synced badge of link ${delivery.link}`, (message) => isSynced(message, delivery.link))
  const [heard] = await Promise.all([badge, validate(bench.withAddon.rpc, delivery.picking)])
  const passed = relay.passed(delivery.ref)
  if (!passed) throw new Error(`the badge of ${delivery.ref} turned, and its shop was not asked`)
  await sleep(PAUSE_MS)
  clock.sync()
  const written = await bare.measure()
  await sleep(PAUSE_MS)
  return { delivery, passed, heard, bare: written }
}

function isSynced({ type, payload }: Heard, link: string): boolean {
  if (type !== 'marketplace_sync/badge') return false
  return badgesSchema.parse(payload).badges.some((badge) => badge.link === link && badge.state === 'synced')
}

function sampleOf({ passed, heard, bare }: Click, commit: number): Sample {
  const request = passed.arrived - commit
  if (request < 0 || request > 60_000) throw new Error(`a commit time that cannot be: ${request} ms before the request`)
  return { request, badge: heard - commit - (passed.answered - passed.arrived), bare }
}

function requestOutcome(samples: readonly Sample[]): Outcome {
  const values = samples.map(({ request }) => request)
  return {
    goal: 'G2',
    checks: [
      { what: 'p50', measured: quantile(values, 0.5), limit: 3, unit: 'ms' },
      { what: 'p99', measured: quantile(values, 0.99), limit: 25, unit: 'ms' },
    ],
    controls: [controlOf('commit to request', values)],
    figures: figuresOf(values),
  }
}

function badgeOutcome(samples: readonly Sample[]): Outcome {
  const values = samples.map(({ badge }) => badge)
  const bare = samples.map((sample) => sample.bare)
  const ratio = pairedRatio(samples.map((sample): Pair => ({ measured: sample.badge, base: sample.bare })))
  return {
    goal: 'G3',
    checks: [
      { what: 'p50', measured: quantile(values, 0.5), limit: 15, unit: 'ms' },
      { what: 'p99', measured: quantile(values, 0.99), limit: 30, unit: 'ms' },
      { what: 'against one bare write-back', measured: ratio.value, limit: 1.3, unit: 'ratio' },
    ],
    controls: [controlOf('commit to badge', values), controlOf('bare write-back', bare)],
    figures: { badge: figuresOf(values), bare: figuresOf(bare), ratio },
  }
}

/** Every second click against the click before it: the same thing twice. */
function controlOf(what: string, values: readonly number[]): Control {
  const [first, second] = interleaved(values)
  const pairs = second.map((base, index): Pair => ({ measured: first[index] ?? base, base }))
  return { what, ratio: pairedRatio(pairs), tolerance: CONTROL_TOLERANCE }
}

function figuresOf(values: readonly number[]) {
  return {
    p50: interval(values, median),
    p90: quantile(values, 0.9),
    p99: interval(values, (sample) => quantile(sample, 0.99)),
    max: quantile(values, 1),
  }
}
