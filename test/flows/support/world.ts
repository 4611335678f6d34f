/** A whole sidecar (real store, real flows, the memory connector) against the model of Odoo. */
import { randomUUID } from 'node:crypto'
import { connectorByName, connectors, parseSettings } from '../../../sidecar/src/connectors/index.ts'
import { type MemoryShop, memoryShop, resetMemoryShops } from '../../../sidecar/src/connectors/memory/index.ts'
import type { Pair } from '../../../sidecar/src/core/entities.ts'
import { createEngine, type RunningEngine } from '../../../sidecar/src/flows/engine.ts'
import type { Store } from '../../../sidecar/src/flows/ports.ts'
import { systemClock } from '../../../sidecar/src/lib/clock.ts'
import { createIds } from '../../../sidecar/src/lib/id.ts'
import { PROTOCOL, type Row, type WakeBody } from '../../../sidecar/src/odoo/wire.ts'
import { type ModelLink, ModelOdoo } from './model-odoo.ts'
import { openTestStore } from './store.ts'

const SILENT = { debug() {}, info() {}, warn() {}, error() {} }

export interface World {
  readonly odoo: ModelOdoo
  readonly shop: MemoryShop
  readonly store: Store
  readonly engine: RunningEngine
  readonly errors: string[]
  /** A linked order, agreed on by both sides. */
  agreed(ref: string, pair?: Pair, status?: Parameters<MemoryShop['createOrder']>[0]['status']): Promise<ModelLink>
  /** What a user does in Odoo, with its wake. */
  user(link: ModelLink, pair: Pair, cause: string, more?: Partial<Row>): void
  wake(...links: ModelLink[]): void
  /** The sidecar dies, unflushed, and a new one starts on the same store. */
  crash(): Promise<void>
  /** Waits until Odoo has no open row, the inbox is empty and no operation is open. */
  rest(): Promise<void>
  close(): Promise<void>
}

export interface WorldOptions {
  readonly sweepSeconds?: number
  readonly settings?: Record<string, string | number | boolean>
}

export async function world(options: WorldOptions = {}): Promise<World> {
  const name = `shop-${randomUUID()}`
  const odoo = new ModelOdoo()
  const settings = { name, poll_seconds: 1, ...options.settings }
  odoo.shops = [
    { id: '1', name: 'Shop', connector: 'memory', company: '1', active: true, send: true, receive: true, settings },
  ]
  const shop = memoryShop(name)
  const store = openTestStore()
  const errors: string[] = []
  const ids = createIds({ clock: systemClock })
  let cut = () => {}
  const start = (): RunningEngine => {
    const mortal = mortalStore(store)
    cut = mortal.cut
    const error = (facts: object, message: string) => {
      if (!mortal.dead()) errors.push(`${message} ${JSON.stringify(facts)}`)
    }
    const engine = createEngine({
      store: mortal.store,
      clock: systemClock,
      newId: () => ids.next(),
      // no jitter: a delay of its own would only slow the stories down
      random: () => 0,
      log: { ...SILENT, error },
      register: { all: connectors, byName: connectorByName, parse: parseSettings },
      fetch,
      paired: () => ({ uuid: 'u1', fingerprint: 'f1', epoch: 'e1' }),
      connect: async () => ({ client: odoo, instance: () => odoo.instance }),
      sweepSeconds: options.sweepSeconds ?? 3600,
      leaseSeconds: 30,
    })
    engine.start()
    return engine
  }

  let engine = start()
  await odoo.until(() => odoo.calls.includes('claim'), 'the first sweep')

  const built: World = {
    odoo,
    shop,
    store,
    get engine() {
      return engine
    },
    errors,
    async agreed(ref, pair = { order: 'draft', delivery: 'none' }, status = 'new') {
      shop.createOrder({ ref, status })
      const link = odoo.link({ shop: '1', ref, ours: pair, theirs: status })
      built.wake(link)
      await built.rest()
      return link
    },
    user(link, pair, cause, more) {
      odoo.change(link, pair, cause, more)
      built.wake(link)
    },
    wake(...links) {
      const body: WakeBody = {
        protocol: PROTOCOL,
        epoch: 'e1',
        uuid: 'u1',
        fingerprint: odoo.fingerprint,
        instance: odoo.instance,
        links: links.map((link) => odoo.snapshot(link)),
      }
      engine.wake(body)
    },
    async crash() {
      cut()
      void engine.stop(0)
      engine = start()
    },
    async rest() {
      await odoo.until(() => atRest(built), 'both sides at rest', 5000)
    },
    async close() {
      await engine.stop(500)
      store.close()
      resetMemoryShops(name)
    },
  }
  return built
}

/** A dead process writes nothing any more: after the cut its writes never happen and never end. */
function mortalStore(real: Store): { store: Store; cut: () => void; dead: () => boolean } {
  let dead = false
  const store = new Proxy(real, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver)
      if (typeof method !== 'function') return method
      return (...args: unknown[]) => (dead ? new Promise(() => {}) : Reflect.apply(method, target, args))
    },
  })
  return {
    store,
    dead: () => dead,
    cut: () => {
      dead = true
    },
  }
}

function atRest({ odoo, store }: World): boolean {
  const openRows = [...odoo.links.values()].some((link) => link.rows.some((row) => row.outcome === ''))
  const { waitingInbox, openOperations } = store.counts()
  return !openRows && waitingInbox === 0 && openOperations === 0
}
