/**
 * Looking at the feeds of shops that do not push. One look at a time per shop.
 *
 * An order is acknowledged to its shop only when two looks in a row brought the same picture of it and that picture is
 * durable with us: what changes between a look and the acknowledgement would otherwise be hidden by it. An order that
 * Odoo does not know is never acknowledged: it stays in the feed.
 */
import type { ShopChange } from '../connectors/contract.ts'
import type { FlowClock, FlowLog, LiveShop } from './flow.ts'
import type { Store } from './ports.ts'

export interface Poller {
  /** Start, change or end the looks according to the shops that are open now. */
  follow(shops: readonly LiveShop[]): void
  /** Look now; resolves after a look that began after this call, with whether it went through. */
  now(shop: string): Promise<boolean>
  lastLook(shop: string): { readonly ok: boolean; readonly message: string; readonly at: number } | null
  stop(): Promise<void>
}

export interface PollerOptions {
  readonly store: Store
  readonly clock: FlowClock
  readonly log: FlowLog
  readonly random: () => number
  readonly received: () => void
  readonly stopping: AbortSignal
}

/** Second looks follow at once, but a feed that never rests is not allowed to keep us from resting. */
const QUICK_LOOKS = 3
const QUICK_DELAY_MS = 50

interface Feed {
  shop: LiveShop
  timer: NodeJS.Timeout | null
  looking: Promise<boolean> | null
  seen: Map<string, string>
  quick: number
  failures: number
  last: { ok: boolean; message: string; at: number } | null
}

export function createPoller({ store, clock, log, random, received, stopping }: PollerOptions): Poller {
  const feeds = new Map<string, Feed>()

  const schedule = (feed: Feed, delayMs: number) => {
    if (feed.timer) clearTimeout(feed.timer)
    if (stopping.aborted || feeds.get(feed.shop.id) !== feed) return
    feed.timer = setTimeout(() => void look(feed), delayMs)
  }

  const look = (feed: Feed): Promise<boolean> => {
    feed.looking ??= oneLook(feed).finally(() => {
      feed.looking = null
    })
    return feed.looking
  }

  const oneLook = async (feed: Feed): Promise<boolean> => {
    try {
      const again = await readFeed(feed)
      feed.failures = 0
      feed.last = { ok: true, message: '', at: clock.now() }
      feed.quick = again ? feed.quick + 1 : 0
      schedule(feed, again && feed.quick <= QUICK_LOOKS ? QUICK_DELAY_MS : pauseOf(feed))
      return true
    } catch (error) {
      if (stopping.aborted) return false
      feed.failures += 1
      feed.last = { ok: false, message: messageOf(error), at: clock.now() }
      log.warn({ shop: feed.shop.id, failures: feed.failures }, 'a look at the feed of a shop failed')
      schedule(feed, pauseOf(feed))
      return false
    }
  }

  /** Jittered, so that many shops do not knock together; later and later while the shop is down, up to 5 minutes. */
  const pauseOf = (feed: Feed) => {
    const seconds = (feed.shop.pollSeconds ?? 20) * 2 ** Math.min(feed.failures, 4)
    return Math.min(300, seconds) * 1000 * (0.9 + 0.2 * random())
  }

  const readFeed = async (feed: Feed): Promise<boolean> => {
    const { shop } = feed
    if (!shop.session.poll) return false
    const seen = new Map<string, string>()
    const settled: ShopChange[] = []
    let news = false
    for await (const page of shop.session.poll(stopping)) {
      for (const bad of page.unreadable)
        log.warn({ shop: shop.id, ref: bad.ref, problem: bad.problem }, 'an order could not be read')
      const stored = await store.receive(
        page.changes.map((change) => ({ shop: shop.id, source: 'poll' as const, change, receivedAt: clock.iso() })),
      )
      page.changes.forEach((change, index) => {
        if (stored[index]?.isNew) news = true
        else if (feed.seen.get(change.ref) === change.digest && isSafe(shop.id, change)) settled.push(change)
        seen.set(change.ref, change.digest)
      })
      if (news) received()
    }
    const waiting = [...seen].some(([ref, digest]) => feed.seen.get(ref) !== digest)
    feed.seen = seen
    await acknowledge(shop, settled)
    return news || waiting
  }

  const isSafe = (shop: string, change: ShopChange): boolean => {
    const newest = store.newestInbox(shop, change.ref)
    return newest !== null && newest.change.digest === change.digest && newest.state !== 'unknown-order'
  }

  const acknowledge = async (shop: LiveShop, changes: readonly ShopChange[]) => {
    if (!shop.session.acknowledge) return
    for (const change of changes) {
      const release = await shop.pace.take('later')
      try {
        await shop.session.acknowledge(change.ref, stopping)
      } finally {
        release()
      }
    }
  }

  const end = (feed: Feed) => {
    feeds.delete(feed.shop.id)
    if (feed.timer) clearTimeout(feed.timer)
  }

  return {
    follow(shops) {
      const wanted = new Map(shops.map((shop) => [shop.id, shop]))
      for (const feed of [...feeds.values()]) if (!follows(wanted.get(feed.shop.id))) end(feed)
      for (const shop of wanted.values()) {
        if (!follows(shop)) continue
        const feed = feeds.get(shop.id)
        if (feed) feed.shop = shop
        else feeds.set(shop.id, newFeed(shop))
        const followed = feeds.get(shop.id)
        if (followed) schedule(followed, 0)
      }
    },
    async now(shop) {
      const feed = feeds.get(shop)
      if (!feed) return false
      if (feed.looking) await feed.looking
      if (feed.timer) clearTimeout(feed.timer)
      return look(feed)
    },
    lastLook: (shop) => feeds.get(shop)?.last ?? null,
    async stop() {
      const looking = [...feeds.values()].map((feed) => feed.looking)
      for (const feed of [...feeds.values()]) end(feed)
      await Promise.allSettled(looking)
    },
  }
}

const follows = (shop: LiveShop | undefined): boolean =>
  shop?.session.poll !== undefined && shop.pollSeconds !== null && shop.receive

const newFeed = (shop: LiveShop): Feed => ({
  shop,
  timer: null,
  looking: null,
  seen: new Map(),
  quick: 0,
  failures: 0,
  last: null,
})

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'The feed could not be read.')
