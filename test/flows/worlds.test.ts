/**
 * Random stories on a whole sidecar: users, buyers, lost wakes, repeated and lost answers, crashes. Whatever happened,
 * at rest every order is agreed on or a person sees why not, and the shop was never told one thing twice.
 */
import { describe, expect, it } from 'vitest'
import type { MemoryStatus } from '../../sidecar/src/connectors/memory/index.ts'
import { decide } from '../../sidecar/src/core/decide.ts'
import type { Pair } from '../../sidecar/src/core/entities.ts'
import type { ModelLink } from './support/model-odoo.ts'
import { type World, world } from './support/world.ts'

const RUNS = Number(process.env.WORLD_RUNS ?? 25)
const FIRST_SEED = Number(process.env.WORLD_SEED ?? 1)
const STEPS = 25

const USER_STEPS: Readonly<Record<string, readonly [Pair, string][]>> = {
  'draft/none': [
    [{ order: 'sale', delivery: 'ready' }, 'order_confirm'],
    [{ order: 'sale', delivery: 'waiting' }, 'order_confirm'],
    [{ order: 'cancel', delivery: 'none' }, 'order_cancel'],
  ],
  'sale/waiting': [[{ order: 'sale', delivery: 'ready' }, 'delivery_state']],
  'sale/ready': [
    [{ order: 'sale', delivery: 'done' }, 'delivery_done'],
    [{ order: 'cancel', delivery: 'cancel' }, 'order_cancel'],
  ],
  'sale/done': [[{ order: 'locked', delivery: 'done' }, 'order_lock']],
}

const BUYER_STEPS: Readonly<Partial<Record<MemoryStatus, readonly MemoryStatus[]>>> = {
  new: ['changing', 'cancelled_by_buyer', 'accepted'],
  changing: ['new', 'cancelled_by_buyer'],
  accepted: ['cancelled_by_buyer', 'shipped'],
  shipped: ['received'],
}

describe('whatever happens', () => {
  it.each(Array.from({ length: RUNS }, (_, index) => FIRST_SEED + index))('story %i ends well', async (seed) => {
    const story = new Story(seed)
    try {
      await story.play()
      story.judge()
    } catch (error) {
      throw new Error(`WORLD_SEED=${seed} WORLD_RUNS=1\n${story.told.join('\n')}`, { cause: error })
    } finally {
      await story.world?.close()
    }
  })
})

class Story {
  readonly told: string[] = []
  readonly #next: () => number
  world: World | null = null
  links: ModelLink[] = []

  constructor(seed: number) {
    this.#next = prng(seed)
  }

  async play() {
    const w = await world({ settings: { poll_seconds: 3600 } })
    this.world = w
    this.links = await Promise.all(['a', 'b', 'c'].map((ref) => w.agreed(ref)))
    for (let step = 0; step < STEPS; step += 1) {
      await this.#step(w)
      if (this.#chance(0.5)) await new Promise((resolve) => setTimeout(resolve, Math.floor(this.#next() * 12)))
    }
    w.shop.faults.length = 0
    w.shop.readFaults.length = 0
    w.odoo.faults.length = 0
    await w.engine.sweepNow()
    await w.rest()
    for (const link of this.links) await this.#webhook(w, link)
    await w.rest()
  }

  async #step(w: World) {
    const link = this.#pick(this.links)
    const kind = this.#pick([
      'user',
      'user',
      'user',
      'buyer',
      'buyer',
      'webhook',
      'shop-fault',
      'odoo-fault',
      'sweep',
      'crash',
      'wake',
    ])
    switch (kind) {
      case 'user':
        return this.#user(w, link)
      case 'buyer':
        return this.#buyer(w, link)
      case 'webhook':
        return this.#webhook(w, link)
      case 'shop-fault':
        return this.#shopFault(w)
      case 'odoo-fault':
        return this.#odooFault(w)
      case 'sweep':
        this.told.push('a sweep')
        return w.engine.sweepNow().catch(() => undefined)
      case 'crash':
        this.told.push('the sidecar dies')
        return w.crash()
      default:
        this.told.push(`a late wake of ${link.ref}`)
        return w.wake(link)
    }
  }

  #user(w: World, link: ModelLink) {
    const steps = USER_STEPS[`${link.ours.order}/${link.ours.delivery}`]
    if (!steps) return
    const [pair, cause] = this.#pick(steps)
    const heard = this.#chance(0.8)
    this.told.push(`${link.ref}: the user makes it ${pair.order}/${pair.delivery}${heard ? '' : ', the wake is lost'}`)
    w.odoo.change(link, pair, cause)
    if (heard) w.wake(link)
  }

  async #buyer(w: World, link: ModelLink) {
    const steps = BUYER_STEPS[w.shop.order(link.ref).status]
    if (!steps) return
    const status = this.#pick(steps)
    this.told.push(`${link.ref}: the shop says ${status}`)
    w.shop.setStatus(link.ref, status, { actor: status.includes('buyer') ? 'buyer' : 'shop' })
    if (this.#chance(0.8)) await this.#webhook(w, link)
  }

  /** The shop says what it says now, once or twice. */
  async #webhook(w: World, link: ModelLink) {
    const change = await w.engine.flow
      .shop('1')
      ?.session.read?.(link.ref, AbortSignal.timeout(1000))
      .catch(() => null)
    if (!change) return
    for (let times = this.#chance(0.3) ? 2 : 1; times > 0; times -= 1) {
      await w.store.receive([{ shop: '1', source: 'webhook', change, receivedAt: new Date().toISOString() }])
      w.engine.inboxChanged()
    }
  }

  #shopFault(w: World) {
    const fault = this.#pick([
      'timeout-after',
      'timeout-before',
      'connection-lost-after',
      'unreachable',
      'server-error',
      'rate-limit',
    ] as const)
    this.told.push(`the shop's next answer: ${fault}`)
    w.shop.faults.push(fault)
  }

  #odooFault(w: World) {
    const method = this.#pick(['acknowledge', 'apply', 'claim'] as const)
    const when = this.#pick(['before', 'after'] as const)
    this.told.push(`Odoo's next ${method} fails ${when} it was done`)
    w.odoo.faults.push({ method, fault: when === 'after' ? 'unknown' : 'unreachable', when })
  }

  judge() {
    const w = this.world
    if (!w) throw new Error('the story was not played')
    const rules = w.engine.flow.shop('1')?.rules
    if (!rules) throw new Error('the shop is not open')
    expect(w.errors).toEqual([])
    for (const link of this.links) {
      const order = w.shop.order(link.ref)
      const ours = order.history.filter((entry) => entry.actor === 'us').map((entry) => entry.to)
      expect(new Set(ours).size, `${link.ref}: one write per step`).toBe(ours.length)
      if (link.state === 'conflict' || link.state === 'failed') continue
      expect(link.state, `${link.ref}: ${JSON.stringify({ ...link, applied: undefined })}`).toBe('synced')
      const again = decide(
        {
          base: null,
          ours: link.ours,
          theirs: order.status,
          sent: [],
          fulfilledBy: 'us',
          owner: true,
          answer: null,
          missing: {},
          skipped: false,
        },
        rules,
      )
      const saysNothing = rules.mapping.inbound[order.status] === 'keep'
      expect(
        saysNothing || again.action === 'nothing',
        `${link.ref}: ${order.status} and ${JSON.stringify(link.ours)} agree`,
      ).toBe(true)
    }
  }

  #pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.#next() * items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }

  #chance(share: number): boolean {
    return this.#next() < share
  }
}

/** mulberry32: small, seeded, good enough to wander. */
function prng(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
