/** Everything that arrives, sorted to the link it belongs to. */
import { type OdooClient, OdooError } from '../odoo/client.ts'
import type { Snapshot } from '../odoo/wire.ts'
import type { Flow } from './flow.ts'
import type { InboxRow } from './ports.ts'

export interface Intake {
  /** What Odoo says of a link: by a wake, a claim or an answer. */
  snapshot(snapshot: Snapshot): void
  /** Inbox rows are waiting; never waits. */
  inboxChanged(): void
  /** The same, at once. */
  drain(): void
  stop(): void
}

export interface IntakeOptions {
  readonly flow: Flow
  readonly odoo: () => OdooClient
  readonly reportSoon: () => void
  readonly onTrouble: (error: Error) => void
}

const LOOK_AHEAD = 2_000
/** Odoo did not answer: asked again after this, and a little later each for its own. */
const ASK_AGAIN_MS = 5_000

export function createIntake({ flow, odoo, reportSoon, onTrouble }: IntakeOptions): Intake {
  const { store, table, runner, clock } = flow
  let planned = false
  let asking = false
  let stopped = false

  const snapshot = (picture: Snapshot) => {
    const isNew = store.link(picture.id) === null || picture.rows.some((row) => row.cause === 'linked')
    const work = table.takeIn(picture)
    if (isNew) releaseUnknown(picture).catch(() => undefined)
    if (work.rows.size > 0) runner.kick(work.link)
  }

  /** An order that Odoo did not know has been linked: its news waited for that. */
  const releaseUnknown = async ({ shop, ref }: Snapshot) => {
    const held = store.inboxOf(shop, ref, 'unknown-order')
    if (held.length === 0) return
    await store.holdInbox(
      held.map((row) => row.id),
      'waiting',
      clock.iso(),
      '',
    )
    reportSoon()
    inboxChanged()
  }

  const inboxChanged = () => {
    if (planned || stopped) return
    planned = true
    setImmediate(() => {
      planned = false
      drain()
    })
  }

  const drain = () => {
    if (stopped) return
    const strangers: InboxRow[] = []
    for (const row of store.waitingInbox(clock.iso(), LOOK_AHEAD)) {
      if (flow.shop(row.shop)?.receive === false) continue
      const link = store.linkByRef(row.shop, row.ref)
      if (link) hand(link.id, row)
      else strangers.push(row)
    }
    if (strangers.length > 0 && !asking) void ask(strangers)
  }

  const hand = (link: string, row: InboxRow) => {
    const work = table.get(link)
    if (!work || work.inbox.has(row.id)) return
    work.inbox.set(row.id, row)
    runner.kick(link)
  }

  /** Links that the cache does not know: Odoo is asked, once for all of them. */
  const ask = async (strangers: readonly InboxRow[]) => {
    asking = true
    try {
      const refs = new Map(strangers.map(({ shop, ref }) => [`${shop} ${ref}`, { shop, ref }]))
      const answer = await odoo().read({ refs: [...refs.values()].slice(0, 200), links: [] })
      for (const picture of answer.links) snapshot(picture)
      const unknown = new Set(answer.unknown.map(({ shop, ref }) => `${shop} ${ref}`))
      const held = strangers.filter(({ shop, ref }) => unknown.has(`${shop} ${ref}`)).map((row) => row.id)
      if (held.length > 0) await store.holdInbox(held, 'unknown-order', clock.iso(), 'Odoo does not know this order')
      if (held.length > 0) reportSoon()
      if (answer.links.length > 0 || refs.size > 200) inboxChanged()
    } catch (error) {
      if (error instanceof OdooError) onTrouble(error)
      await postpone(strangers)
    } finally {
      asking = false
    }
  }

  const postpone = async (rows: readonly InboxRow[]) => {
    const dueAt = new Date(clock.now() + ASK_AGAIN_MS * (1 + flow.random())).toISOString()
    await store
      .holdInbox(
        rows.map((row) => row.id),
        'waiting',
        dueAt,
        '',
      )
      .catch(() => undefined)
    setTimeout(inboxChanged, 2 * ASK_AGAIN_MS + 50).unref()
  }

  const stop = () => {
    stopped = true
  }

  return { snapshot, inboxChanged, drain, stop }
}
