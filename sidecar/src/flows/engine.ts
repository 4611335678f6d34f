/**
 * The flows put together: what arrives (wakes, sweeps, feeds, webhooks) is taken in, each link settles by itself, and
 * Odoo is told. Built by `main.ts`, asked by the HTTP edge.
 */

import type { Connector } from '../connectors/contract.ts'
import { announce } from '../connectors/index.ts'
import { type OdooClient, OdooError } from '../odoo/client.ts'
import { type ApplyItem, type ApplyResult, PROTOCOL, type Snapshot, type WakeBody } from '../odoo/wire.ts'
import { createBatcher, Stopped } from './batch.ts'
import type { Flow, FlowClock, FlowLog, LiveShop } from './flow.ts'
import { createIntake } from './intake.ts'
import { tellDone } from './outbound.ts'
import { createPoller } from './poll.ts'
import type { Engine, Part, Store } from './ports.ts'
import { createReporter } from './report.ts'
import { createRunner } from './runner.ts'
import { settle } from './settle.ts'
import { createShops, type Register } from './shops.ts'
import { createTeller } from './tell.ts'
import { WorkTable } from './work.ts'

export interface Paired {
  readonly uuid: string
  readonly fingerprint: string
  readonly epoch: string
}

export interface Connection {
  readonly client: OdooClient
  /** Which server process of the database last answered at the paired address. */
  instance(): string
}

export interface EngineDeps {
  readonly store: Store
  readonly clock: FlowClock
  readonly newId: () => string
  readonly random: () => number
  readonly log: FlowLog
  readonly register: Register & { readonly all: readonly Connector[] }
  readonly fetch: typeof fetch
  readonly paired: () => Paired | null
  /** Talks to Odoo with the paired key; throws an OdooError that says what is wrong. */
  readonly connect: () => Promise<Connection>
  readonly sweepSeconds: number
  readonly leaseSeconds: number
}

export interface RunningEngine extends Engine {
  start(): void
  /** Finishes what is under way, tells Odoo what there is to tell, within these milliseconds. */
  stop(withinMs?: number): Promise<void>
  sweepNow(): Promise<void>
  readonly flow: Flow
}

/** The configuration is announced when it changes; this many sweeps later it is asked for all the same. */
const SWEEPS_PER_CONFIG = 10
const APPLY_LIMIT = 50

export function createEngine(deps: EngineDeps): RunningEngine {
  const { store, clock, log } = deps
  const stopping = new AbortController()
  let connection: Connection | null = null
  let connecting: Promise<void> | null = null
  let trouble: OdooError | null = null
  let failures = 0
  let stamp = ''
  let sweeps = 0
  let sweeping: Promise<void> | null = null
  let sweepAgain = false
  let holder = deps.newId()
  let sweepTimer: NodeJS.Timeout | null = null
  let connectTimer: NodeJS.Timeout | null = null

  const table = new WorkTable(store, clock.iso)
  const shops = createShops({ store, register: deps.register, fetch: deps.fetch, clock, log })

  const odoo = (): OdooClient => {
    if (connection) return connection.client
    void connect()
    throw trouble ?? new OdooError('unreachable', 'NOT_CONNECTED', 'The connection to Odoo is not up yet.')
  }

  const onTrouble = (error: Error) => {
    if (error instanceof OdooError && error.fault !== 'refused') trouble = error
    log.warn({ problem: error instanceof OdooError ? error.code : error.name }, 'a call to Odoo did not go through')
  }

  const sweepSoon = () => {
    sweepNow().catch(onSweepTrouble)
  }
  const onSweepTrouble = (error: unknown) => {
    if (error instanceof OdooError) onTrouble(error)
    else if (!(error instanceof Stopped)) log.error({ error }, 'a sweep failed')
  }

  const tell = createTeller({ odoo, table, log, onTrouble, onUnseenRows: sweepSoon })
  const applier = createBatcher<ApplyItem, ApplyResult>({
    limit: APPLY_LIMIT,
    send: async (items) => (await odoo().apply({ items })).results,
    onTrouble,
  })

  const poller = createPoller({
    store,
    clock,
    log,
    random: deps.random,
    received: () => intake.inboxChanged(),
    stopping: stopping.signal,
  })

  const runner = createRunner({
    now: clock.now,
    run: (link) => settle(flow, link),
    onError: (link, error) => {
      if (!(error instanceof Stopped)) log.error({ link, error }, 'a link could not be settled; its rows wait in Odoo')
    },
  })

  const lookAt = async (shop: LiveShop, ref: string): Promise<boolean> => {
    if (!shop.session.read) return poller.now(shop.id)
    try {
      const change = await shop.session.read(ref, stopping.signal)
      if (!change) return true
      await store.receive([{ shop: shop.id, source: 'answer', change, receivedAt: clock.iso() }])
      intake.drain()
      return true
    } catch (error) {
      log.warn({ shop: shop.id, error }, 'an order could not be read back from its shop')
      return false
    }
  }

  const reporter = createReporter({ store, shops, poller, odoo, log })
  const flow: Flow = {
    store,
    table,
    clock,
    random: deps.random,
    newId: deps.newId,
    log,
    runner,
    tell,
    applier,
    shop: shops.get,
    lookAt,
    inboxChanged: () => intake.inboxChanged(),
    stopping: stopping.signal,
  }
  const intake = createIntake({ flow, odoo, reportSoon: reporter.soon, onTrouble })

  const connect = (): Promise<void> => {
    if (connection || stopping.signal.aborted || !deps.paired()) return Promise.resolve()
    connecting ??= openConnection().finally(() => {
      connecting = null
    })
    return connecting
  }

  const openConnection = async () => {
    if (connectTimer) clearTimeout(connectTimer)
    try {
      const opened = await deps.connect()
      await opened.client.announce({ connectors: deps.register.all.map(announce) })
      connection = opened
      await refreshConfig('')
      trouble = null
      failures = 0
      log.info({}, 'connected to Odoo')
      awake()
      sweepSoon()
    } catch (error) {
      connection = null
      if (error instanceof OdooError) onTrouble(error)
      else log.error({ error }, 'the connection to Odoo could not be opened')
      failures += 1
      connectTimer = setTimeout(() => void connect(), Math.min(30_000, 500 * 2 ** Math.min(failures, 6)))
    }
  }

  const refreshConfig = async (since: string) => {
    if (!connection) return
    const answer = await connection.client.config({ since })
    stamp = answer.stamp
    if (answer.unchanged || !answer.shops) return
    shops.update(answer.shops)
    poller.follow(shops.all())
    reporter.soon()
    intake.inboxChanged()
    for (const work of table.all()) runner.kick(work.link)
  }

  /** Odoo was just heard: whatever sits out a delay need not. */
  const awake = () => {
    tell.poke()
    applier.poke()
  }

  const sweepNow = (): Promise<void> => {
    if (sweeping) {
      sweepAgain = true
      return sweeping
    }
    sweeping = sweep().finally(() => {
      sweeping = null
      if (sweepAgain) {
        sweepAgain = false
        sweepSoon()
      }
    })
    return sweeping
  }

  const sweep = async () => {
    if (!connection) return connect()
    for (;;) {
      const answer = await claim(connection.client)
      trouble = null
      for (const snapshot of answer.links) intake.snapshot(snapshot)
      if (!answer.more) break
    }
    retell()
    intake.inboxChanged()
    reporter.soon()
    sweeps += 1
    if (sweeps % SWEEPS_PER_CONFIG === 0) await refreshConfig(stamp)
  }

  const claim = async (client: OdooClient) => {
    try {
      return await client.claim({ limit: 200, lease_seconds: deps.leaseSeconds, holder })
    } catch (error) {
      // the answer may have been lost after the rows were leased: under another name they can be claimed at once
      holder = deps.newId()
      throw error
    }
  }

  /** Operations that the shop has and Odoo was not told of: the telling failed for good, or a crash lay between. */
  const telling = new Set<string>()
  const retell = () => {
    if (tell.waiting > 0) return
    for (const operation of store.openOperations()) {
      if (operation.state !== 'done' || !operation.ack || telling.has(operation.id)) continue
      telling.add(operation.id)
      void tellDone(flow, operation.id, operation.ack).finally(() => telling.delete(operation.id))
    }
  }

  /** What a crash left behind: what may have been sent is unknown, what Odoo was not told is told. */
  const resume = async () => {
    for (const operation of store.openOperations()) {
      if (operation.state === 'done') continue
      const due = { state: 'unknown' as const, dueAt: clock.iso() }
      if (operation.direction === 'out') await store.update(operation.id, due)
      const work = table.get(operation.link)
      if (work) runner.kick(work.link)
      else await store.closeOperations([operation.id])
    }
  }

  return {
    flow,
    start() {
      resume().catch((error: unknown) => log.error({ error }, 'open operations could not be resumed'))
      void connect()
      sweepTimer = setInterval(sweepSoon, deps.sweepSeconds * 1000)
    },
    async stop(withinMs = 8_000) {
      if (sweepTimer) clearInterval(sweepTimer)
      if (connectTimer) clearTimeout(connectTimer)
      intake.stop()
      const ended = runner.stop()
      await within(withinMs / 2, Promise.all([ended, poller.stop()]))
      await within(withinMs / 4, tell.idle())
      tell.stop()
      applier.stop()
      reporter.stop()
      stopping.abort()
      await within(withinMs / 4, ended)
    },
    sweepNow,
    wake(body: WakeBody) {
      const paired = deps.paired()
      if (!paired || body.protocol !== PROTOCOL || body.fingerprint !== paired.fingerprint) return
      awake()
      const trusted = connection !== null && body.epoch === paired.epoch && body.instance === connection.instance()
      // a wake from an unknown process of that database makes us look at the paired address, and no more
      if (!trusted) return sweepSoon()
      for (const snapshot of body.links as Snapshot[]) intake.snapshot(snapshot)
    },
    configChanged() {
      refreshConfig('').catch(onSweepTrouble)
    },
    pairingChanged() {
      connection = null
      trouble = null
      failures = 0
      if (!deps.paired()) {
        shops.update([])
        poller.follow([])
      }
      void connect()
    },
    inboxChanged: () => intake.inboxChanged(),
    shop: shops.get,
    shopsOf: (connector) => shops.all().filter((shop) => shop.connector.name === connector),
    async test(id) {
      const parts = [await odooPart()]
      if (id !== null) parts.push(await shopPart(id))
      return parts
    },
    health() {
      const parts: Part[] = [pairedPart()]
      if (!deps.paired()) return parts
      parts.push(livePart())
      for (const config of shops.known.values()) if (config.active) parts.push(reporter.partOf(config))
      return parts
    },
  }

  function pairedPart(): Part {
    const ok = deps.paired() !== null
    return {
      name: 'pairing',
      ok,
      message: ok ? '' : 'No Odoo is paired. Enter the pairing code in Odoo: Settings, Marketplace.',
    }
  }

  function livePart(): Part {
    if (trouble) return { name: 'odoo', ok: false, message: trouble.message }
    const ok = connection !== null
    return { name: 'odoo', ok, message: ok ? '' : 'The connection to Odoo is not up yet.' }
  }

  async function odooPart(): Promise<Part> {
    if (!deps.paired()) return pairedPart()
    try {
      if (!connection) await connect()
      await refreshConfig('')
      return connection ? { name: 'odoo', ok: true, message: 'The sidecar reaches Odoo.' } : livePart()
    } catch (error) {
      return { name: 'odoo', ok: false, message: error instanceof Error ? error.message : 'Odoo does not answer.' }
    }
  }

  async function shopPart(id: string): Promise<Part> {
    shops.reopen()
    const shop = shops.get(id)
    const name = shops.known.get(id)?.name ?? 'shop'
    if (!shop)
      return { name, ok: false, message: shops.problems.get(id) ?? 'Odoo has no such shop. Save the shop first.' }
    const release = await shop.pace.take()
    try {
      return { name, ...(await shop.session.test(AbortSignal.any([AbortSignal.timeout(2_500), stopping.signal]))) }
    } catch {
      return { name, ok: false, message: 'The shop did not answer in time. Check its address.' }
    } finally {
      release()
    }
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, limit])
  clearTimeout(timer)
}
