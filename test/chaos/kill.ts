/**
 * One run: linked orders, changes on both sides, kills at moments drawn by chance, then rest, then the ledger's verdict.
 * The same seed draws the same stories and the same kills; when exactly a kill hits is the machine's own chance.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createInShop, createQuotations, linkAll, untilNothingWaits } from '../bench/orders.ts'
import { seeded } from '../bench/random.ts'
import { direct, storyOf, type Telling, tell } from './director.ts'
import { killAll, planKills, type Victim } from './killer.ts'
import { type Final, repeats, violations } from './ledger.ts'
import { type Plan, plansFor } from './stories.ts'
import { readAll, requestMark, type Subject, type World } from './world.ts'

export interface KillOptions {
  readonly seed: number
  readonly changes: number
  readonly kills: number
  readonly victims: readonly Victim[]
  /** What else disturbs while people act: it begins once all is set, and ends before the ledger looks. */
  readonly weather?: { begin(): Promise<void>; end(): Promise<void> }
  readonly patienceMs?: number
}

export interface KillResult {
  readonly seed: number
  readonly orders: number
  readonly changes: number
  readonly kills: number
  /** Status writes that the shop was sent more than once: harmless there, and only a crash or a fault may cause them. */
  readonly repeats: number
  readonly conflicts: number
  readonly violations: readonly string[]
}

const TOGETHER = 16
/** Two looks at the feed and what follows from them: what has not moved for so long is at rest. */
const STILL_MS = 12_000

export async function killRun(world: World, options: KillOptions): Promise<KillResult> {
  const chance = seeded(options.seed)
  const plans = plansFor(options.changes, chance)
  const subjects = await stage(world, plans.length)
  const since = await requestMark(world)
  await options.weather?.begin()
  const tellings = plans.flatMap((plan, index) => toldAbout(plan, subjects[index]))
  const counter = changeCounter()
  const kills = planKills({ ...options, chance })
  const patienceMs = options.patienceMs ?? 120_000
  const told = direct(world, tellings, since, { chance, together: TOGETHER, patienceMs, onChange: counter.count })
  const ended = told.finally(counter.end)
  await Promise.all([ended, killAll(world, kills, counter.reached)])
  await options.weather?.end()
  const finals = await untilStill(world, subjects, since, patienceMs)
  return judge(options, tellings, finals)
}

async function stage(world: World, count: number): Promise<readonly Subject[]> {
  const orders = await createQuotations(world.rpc, world.goods, count)
  const refs = await createInShop(world.shop, 'pending', count)
  const pairs = orders.map((order, index) => ({ order, ref: refs[index] ?? '' }))
  const links = await linkAll(world.rpc, world.shop.id, 'pending', pairs)
  await untilNothingWaits(world.cluster, world.db, 60_000)
  return pairs.map((pair, index) => ({ ...pair, link: links[index] ?? 0 }))
}

const toldAbout = (plan: Plan, subject: Subject | undefined): Telling[] => (subject ? [tell(plan, subject)] : [])

/** Lets the killer wait for a number of changes, or for their end. */
function changeCounter() {
  let begun = 0
  let over = false
  return {
    count: (now: number) => {
      begun = now
    },
    end: () => {
      over = true
    },
    reached: async (after: number) => {
      while (begun < after && !over) await sleep(5)
    },
  }
}

/** Reads until nothing has moved for a while; what still moves at the end of all patience is judged as it is. */
async function untilStill(
  world: World,
  subjects: readonly Subject[],
  since: number,
  patienceMs: number,
): Promise<ReadonlyMap<Subject, Final>> {
  const end = Date.now() + patienceMs
  let [still, before] = [0, '']
  for (;;) {
    const began = Date.now()
    const finals = await readAll(world, subjects, since)
    const picture = JSON.stringify([...finals.values()])
    if (picture !== before) still = began
    before = picture
    const waits = [...finals.values()].some(({ seen, shop }) => seen.waiting > 0 || shop.offered)
    if ((!waits && began - still > STILL_MS) || began > end) return finals
    await sleep(1_000)
  }
}

function judge(options: KillOptions, tellings: readonly Telling[], finals: ReadonlyMap<Subject, Final>): KillResult {
  const pairs = tellings.flatMap((telling) => {
    const final = finals.get(telling.subject)
    return final ? [{ telling, final }] : []
  })
  const repeated = pairs.reduce((sum, { final }) => sum + repeats(final.shop), 0)
  return {
    seed: options.seed,
    orders: tellings.length,
    changes: tellings.reduce((sum, { changes }) => sum + changes.length, 0),
    kills: options.kills,
    repeats: repeated,
    conflicts: pairs.reduce((sum, { final }) => sum + final.seen.conflicts, 0),
    violations: pairs.flatMap(({ telling, final }) => [
      ...violations(storyOf(telling), final),
      ...troubles(telling, options.victims),
    ]),
  }
}

function troubles({ plan, subject, stuck, changes }: Telling, victims: readonly Victim[]): readonly string[] {
  const order = `order ${subject.order}, "${plan.name}"`
  const waited = stuck ? [`${order}: both sides did not come to rest for its next step`] : []
  // nobody in Odoo may notice that the sidecar is gone
  const odooIsSafe = !victims.includes('odoo') && !victims.includes('postgres')
  const failed = changes.filter(({ outcome }) => outcome === 'lost' && odooIsSafe)
  return [...waited, ...failed.map(({ act, why }) => `${order}: ${act} failed in Odoo: ${why}`)]
}
