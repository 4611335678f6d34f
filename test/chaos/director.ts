/**
 * Makes people act. Two at a time, one in Odoo and one in the shop, each taking the next step of a story that may go on,
 * drawn by chance. A watcher looks at both sides all the while, because some steps wait until both rest and agree.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Act, type Change, endOfOdoo, endOfShop, type Final, type Story } from './ledger.ts'
import type { Plan } from './stories.ts'
import { isRetailers, readAll, retailerActs, type Subject, userActs, type World } from './world.ts'

/** A story being told about one order. */
export interface Telling {
  readonly plan: Plan
  readonly subject: Subject
  readonly changes: Change[]
  acting: boolean
  lastAct: number
  /** When both sides were last seen in agreement, with nothing under way. */
  restedAt: number
  /** It waited in vain for both sides to rest. */
  stuck: boolean
}

export interface DirectorOptions {
  readonly chance: () => number
  /** Told at once: more would only wait for the pace that the connector keeps to. */
  readonly together: number
  readonly patienceMs: number
  /** A change begins; how many have begun by now. */
  readonly onChange: (begun: number) => void
}

export function tell(plan: Plan, subject: Subject): Telling {
  return { plan, subject, changes: [], acting: false, lastAct: 0, restedAt: 0, stuck: false }
}

export function storyOf({ plan, subject, changes, stuck }: Telling): Story {
  return { order: `order ${subject.order}, "${plan.name}"`, end: stuck ? null : plan.end, changes }
}

const isOver = (telling: Telling) => telling.stuck || telling.changes.length >= telling.plan.steps.length

export async function direct(
  world: World,
  tellings: readonly Telling[],
  since: number,
  options: DirectorOptions,
): Promise<void> {
  let begun = 0
  const going = () => tellings.filter((telling) => !isOver(telling))
  const active = () => going().slice(0, options.together)

  const watch = async () => {
    while (going().length > 0) {
      await watchOnce(world, active(), since, options.patienceMs)
      await sleep(150)
    }
  }

  const lane = async (mine: (act: Act) => boolean) => {
    while (going().some(({ plan, changes }) => plan.steps.slice(changes.length).some(({ act }) => mine(act)))) {
      const ready = active().filter((telling) => mayGoOn(telling, mine))
      const chosen = ready[Math.floor(options.chance() * ready.length)]
      if (chosen) options.onChange(++begun)
      await (chosen ? act(world, chosen) : sleep(20))
    }
  }

  await Promise.all([lane(isRetailers), lane((name) => !isRetailers(name)), watch()])
}

function mayGoOn(telling: Telling, mine: (act: Act) => boolean): boolean {
  const step = telling.plan.steps[telling.changes.length]
  if (!step || telling.acting || !mine(step.act)) return false
  return step.moment === 'at-once' || telling.restedAt > telling.lastAct
}

async function act(world: World, telling: Telling): Promise<void> {
  const step = telling.plan.steps[telling.changes.length]
  if (!step) return
  telling.acting = true
  const { subject } = telling
  const answer = isRetailers(step.act)
    ? { outcome: await retailerActs(world, subject, step.act) }
    : await userActs(world, subject, step.act)
  telling.changes.push({ act: step.act, ...answer })
  telling.lastAct = Date.now()
  telling.acting = false
}

/** A look that began after the last act, and found rest, is what a step may wait for. */
async function watchOnce(world: World, tellings: readonly Telling[], since: number, patienceMs: number): Promise<void> {
  const began = Date.now()
  const subjects = tellings.map(({ subject }) => subject)
  // while a part is down there is nothing to see
  const seen = await readAll(world, subjects, since).catch(() => null)
  if (!seen) return
  for (const telling of tellings) {
    const final = seen.get(telling.subject)
    if (final && isAtRest(final)) telling.restedAt = began
    else if (!telling.acting && telling.lastAct > 0 && began - telling.lastAct > patienceMs) telling.stuck = true
  }
}

export function isAtRest({ shop, odoo, seen }: Final): boolean {
  const end = endOfShop(shop.status)
  // while the retailer edits, both sides agree, and the next step is his
  return end !== null && end === endOfOdoo(odoo) && seen.waiting === 0 && seen.conflicts === 0 && !shop.offered
}
