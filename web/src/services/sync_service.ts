/**
 * The only file that calls Odoo. Hears every badge message once per tab and keeps the newest word about each link;
 * badges on the screen read it from here and turn without a reload.
 */
import { reactive } from '@odoo/owl'
import { registry } from '@web/core/registry'
import { type Badge, hear, isDoubtful, parseBadges, parseNews, read } from '../badge.ts'

/** Requests that come within this time, in milliseconds, become one call. */
const GATHER_MS = 40
/** Links that are no longer on the screen are forgotten beyond this number. */
const REMEMBERED = 500
const MESSAGE = 'marketplace_sync/badge'
/** Odoo 18 and 19 name the same events differently. */
const LOST = ['disconnect', 'reconnecting', 'BUS:DISCONNECT', 'BUS:RECONNECTING']
const BACK = ['connect', 'reconnect', 'BUS:CONNECT', 'BUS:RECONNECT']

export class SyncService {
  /** Newest word by link; reactive, so a badge re-renders when its own link changes and only then. */
  readonly badges: Record<string, Badge> = reactive({})
  /** How many badges of a link are on the screen. */
  private readonly shown = new Map<string, number>()
  /** How many messages came about a link: tells whether one came while an answer was on its way. */
  private readonly heard = new Map<string, number>()
  private readonly wanted = new Set<string>()
  private readonly orm: OdooOrm
  private gathering: Promise<void> | null = null
  private wasLost = false

  constructor(bus: OdooBus, orm: OdooOrm) {
    this.orm = orm
    bus.subscribe(MESSAGE, (payload) => this.hear(payload))
    for (const name of LOST) bus.addEventListener(name, () => this.lost())
    for (const name of BACK) bus.addEventListener(name, () => this.back())
    bus.start()
  }

  /** A record was read: it may know more than the messages, or less. */
  learn(badge: Badge): void {
    this.put(read(this.badges[badge.link], badge, false))
  }

  show(link: string): void {
    this.shown.set(link, (this.shown.get(link) ?? 0) + 1)
  }

  hide(link: string): void {
    const left = (this.shown.get(link) ?? 1) - 1
    if (left > 0) this.shown.set(link, left)
    else this.shown.delete(link)
    this.forget()
  }

  /** A message tells state and reason only; the rest is read when somebody wants to see it. */
  explain(link: string): void {
    if (this.badges[link]?.isComplete === false) this.refresh([link])
  }

  /** Reads links again: one call for all that is asked for at about the same time. */
  refresh(links: Iterable<string>): Promise<void> {
    for (const link of links) this.wanted.add(link)
    this.gathering ??= new Promise((resolve) => {
      setTimeout(() => resolve(this.readWanted()), GATHER_MS)
    })
    return this.gathering
  }

  private hear(payload: unknown): void {
    for (const news of parseNews(payload)) {
      const known = this.badges[news.link]
      // what nobody looks at is read with its record when somebody does
      if (known === undefined) continue
      this.heard.set(news.link, (this.heard.get(news.link) ?? 0) + 1)
      if (isDoubtful(known, news)) this.refresh([news.link])
      else this.put(hear(known, news))
    }
  }

  private lost(): void {
    this.wasLost = true
  }

  /** Messages may have been missed while the connection was gone. The first connection of a page has missed none. */
  private back(): void {
    if (!this.wasLost) return
    this.wasLost = false
    if (this.shown.size > 0) this.refresh(this.shown.keys())
  }

  private async readWanted(): Promise<void> {
    const links = [...this.wanted]
    this.wanted.clear()
    this.gathering = null
    if (links.length === 0) return
    const before = new Map(links.map((link) => [link, this.heard.get(link)]))
    const answer = await this.ask(links)
    for (const badge of parseBadges(answer)) {
      const isFresh = before.get(badge.link) === this.heard.get(badge.link)
      this.put(read(this.badges[badge.link], badge, isFresh))
    }
  }

  private async ask(links: readonly string[]): Promise<unknown> {
    try {
      return await this.orm.silent.call('marketplace.link', 'badges', [links.map(Number)])
    } catch {
      // Odoo is away or the user may no longer read this: the badge keeps what it knows, and the reconnection asks again
      return []
    }
  }

  private put(badge: Badge): void {
    if (this.badges[badge.link] !== badge) this.badges[badge.link] = badge
  }

  private forget(): void {
    const links = Object.keys(this.badges)
    if (links.length <= REMEMBERED) return
    for (const link of links.filter((each) => !this.shown.has(each))) {
      delete this.badges[link]
      this.heard.delete(link)
    }
  }
}

export const syncService = {
  dependencies: ['bus_service', 'orm'],
  start(_env: unknown, { bus_service, orm }: { bus_service: OdooBus; orm: OdooOrm }): SyncService {
    return new SyncService(bus_service, orm)
  },
}

export function registerSyncService(): void {
  registry.category('services').add('marketplace_sync', syncService)
}
