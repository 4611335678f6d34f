/** The store as the flows see it: reads answer at once, writes resolve when they are durable. */
import type { Store } from '../flows/ports.ts'
import type { Clock } from '../lib/clock.ts'
import { createSealer } from '../lib/crypto.ts'
import { randomId } from '../lib/id.ts'
import { createAttempts } from './attempts.ts'
import { type Connection, openDatabase } from './db.ts'
import { type StoreError, toStoreError } from './errors.ts'
import { createInbox } from './inbox.ts'
import { createLinks } from './links.ts'
import { createOperations } from './operations.ts'
import { checkKey, createSecrets } from './secrets.ts'
import { createSettings } from './settings.ts'
import { createWriter, type Writer } from './writer.ts'

export { MEMORY } from './db.ts'
export { StoreError } from './errors.ts'

export interface SidecarStore extends Store {
  /** Drawn once for each store file: a lost store has another one, and Odoo notices. */
  readonly id: string
  operation(id: string): ReturnType<Store['openOperation']>
  newestOperation(): string | null
  /** Another database is paired: what was known about the links of the old one is void. */
  forgetLinks(): Promise<void>
  /** Why nothing can be stored now, or null. Tries a write when the last one failed. */
  problem(): Promise<StoreError | null>
}

export interface StoreOptions {
  /** A path, or `:memory:`. */
  readonly file: string
  readonly clock: Clock
  /** The first seals, all open: `[new, old]` while the key is being changed. */
  readonly key: Buffer | readonly Buffer[]
}

const ID = 'store.id'
const PROBE = 'store.probe'

export function openStore({ file, clock, key }: StoreOptions): SidecarStore {
  const connection = openDatabase(file, clock.iso())
  try {
    return createStore(connection, clock, Buffer.isBuffer(key) ? [key] : key)
  } catch (error) {
    connection.close()
    throw toStoreError(error)
  }
}

export function createStore(connection: Connection, clock: Clock, keys: readonly Buffer[]): SidecarStore {
  const db = connection.drizzle
  const writer = createWriter(connection.sqlite)
  const sealer = createSealer(keys)
  const inbox = createInbox(db)
  const operations = createOperations(db)
  const attempts = createAttempts(db)
  const links = createLinks(db)
  const settings = createSettings(db)
  const secrets = createSecrets(db, sealer)
  connection.sqlite
    .transaction(() => {
      checkKey(settings, secrets, sealer)
      if (settings.get(ID) === null) settings.put(ID, randomId())
    })
    .immediate()

  return {
    id: settings.get(ID) ?? '',

    receive: durable(writer, inbox.receive),
    waitingInbox: named(inbox.waiting),
    inboxOf: named(inbox.ofOrder),
    newestInbox: named(inbox.newest),
    closeInbox: durable(writer, inbox.close),
    holdInbox: durable(writer, inbox.hold),
    unknownOrders: named(inbox.unknownOrders),

    record: durable(writer, operations.record),
    update: durable(writer, operations.update),
    openOperations: named(operations.open),
    openOperation: named(operations.openOf),
    operation: named(operations.one),
    newestOperation: named(operations.newestId),
    closeOperations: durable(writer, operations.close),
    attempt: durable(writer, attempts.add),
    attemptsOf: named(attempts.of),

    link: named(links.byId),
    linkByRef: named(links.byRef),
    putLinks: durable(writer, links.put),
    forgetLinks: durable(writer, links.clear),

    setting: named(settings.get),
    putSetting: durable(writer, settings.put),
    secrets: named(secrets.of),
    putSecrets: durable(writer, secrets.put),

    counts: named(() => ({ ...inbox.counts(), ...operations.counts() })),
    async problem() {
      if (writer.problem() !== null) await writer.run(() => settings.put(PROBE, clock.iso())).catch(() => undefined)
      return writer.problem()
    },
    close() {
      writer.stop()
      connection.close()
    },
  }
}

function durable<A extends readonly unknown[], T>(
  writer: Writer,
  write: (...args: A) => T,
): (...args: A) => Promise<T> {
  return (...args) => writer.run(() => write(...args))
}

/** A read that fails says so in the store's own words. */
function named<A extends readonly unknown[], T>(read: (...args: A) => T): (...args: A) => T {
  return (...args) => {
    try {
      return read(...args)
    } catch (error) {
      throw toStoreError(error)
    }
  }
}
