/** What the operator may see. No secret, no input of a person, no name of a user: fields are chosen one by one. */
import { Hono } from 'hono'
import type { Connector } from '../../connectors/contract.ts'
import type { Engine, InboxRow, OperationRecord } from '../../flows/ports.ts'
import type { Clock } from '../../lib/clock.ts'
import type { SidecarStore } from '../../store/index.ts'
import { adminOnly } from '../auth/admin.ts'
import type { Pairing } from '../auth/pairing.ts'
import type { Edge } from '../body.ts'
import { HttpError } from '../errors.ts'

export interface ApiDeps {
  readonly store: SidecarStore
  readonly engine: Engine
  readonly pairing: Pairing
  readonly connectors: readonly Connector[]
  readonly clock: Clock
  readonly adminToken: string
}

const SHOWN = 200
/** Sorts after every time. */
const END_OF_TIME = '9999'

export function apiRoutes({ store, engine, pairing, connectors, clock, adminToken }: ApiDeps): Hono<Edge> {
  const app = new Hono<Edge>()
  app.use(adminOnly(adminToken))

  app.get('/operations', (c) =>
    c.json({ total: store.counts().openOperations, operations: store.openOperations().slice(0, SHOWN).map(operation) }),
  )

  app.get('/operations/:id', (c) => {
    const found = store.operation(c.req.param('id'))
    if (!found) throw new HttpError(404, 'no-operation', 'There is no operation with that id.')
    return c.json({ operation: operation(found), attempts: store.attemptsOf(found.id) })
  })

  app.get('/inbox', (c) =>
    c.json({ total: store.counts().waitingInbox, rows: store.waitingInbox(END_OF_TIME, SHOWN).map(inboxRow) }),
  )

  app.get('/unknown-orders', (c) => {
    const shop = c.req.query('shop')
    const shops = shop ? [shop] : connectors.flatMap(({ name }) => engine.shopsOf(name).map(({ id }) => id))
    const rows = shops.flatMap((id) => store.unknownOrders(id))
    return c.json({ total: rows.length, orders: rows.slice(0, SHOWN).map(inboxRow) })
  })

  app.get('/pairing', (c) => {
    const paired = pairing.state()
    return c.json({
      paired: paired !== null,
      key: pairing.account() !== null,
      offsetMs: pairing.clockOffsetMs(),
      now: clock.iso(),
      ...(paired && { url: paired.url, db: paired.db, version: paired.version, pairedAt: paired.pairedAt }),
    })
  })

  app.post('/pairing-code', (c) => c.json({ code: pairing.newCode() }))

  return app
}

function operation(record: OperationRecord) {
  const { id, direction, link, shop, ref, state, path, step, version, base, ours, theirs } = record
  const { trigger, hops, attempts, dueAt, reason, recordedAt } = record
  return {
    ...{ id, direction, link, shop, ref, state, path, step, version, base, ours, theirs },
    ...{ trigger, hops, attempts, dueAt, reason, recordedAt },
  }
}

function inboxRow({ id, shop, ref, source, change, state, detail, attempts, receivedAt, dueAt }: InboxRow) {
  const { number, status, fulfilledBy, changedAt } = change
  return { id, shop, ref, number, status, fulfilledBy, changedAt, source, state, detail, attempts, receivedAt, dueAt }
}
