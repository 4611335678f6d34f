/** What a person should see of a shop in Odoo: whether it works, and which of its orders Odoo does not know. */
import type { OdooClient } from '../odoo/client.ts'
import type { ShopConfig, ShopReport } from '../odoo/wire.ts'
import type { FlowLog } from './flow.ts'
import type { Poller } from './poll.ts'
import type { Part, Store } from './ports.ts'
import type { Shops } from './shops.ts'

export interface Reporter {
  /** Something may have changed: Odoo hears of it within a second, if it did. */
  soon(): void
  partOf(config: ShopConfig): Part
  stop(): void
}

export interface ReporterOptions {
  readonly store: Store
  readonly shops: Shops
  readonly poller: Poller
  readonly odoo: () => OdooClient
  readonly log: FlowLog
}

const GATHER_MS = 500
const SHOWN_UNKNOWN_ORDERS = 200

export function createReporter({ store, shops, poller, odoo, log }: ReporterOptions): Reporter {
  const reported = new Map<string, string>()
  let timer: NodeJS.Timeout | null = null
  let stopped = false

  const partOf = (config: ShopConfig): Part => {
    const problem = shops.problems.get(config.id)
    if (problem) return { name: config.name, ok: false, message: problem }
    const look = poller.lastLook(config.id)
    return { name: config.name, ok: look?.ok ?? true, message: look?.message ?? '' }
  }

  const reportOf = (config: ShopConfig): ShopReport => {
    const part = partOf(config)
    const unknown = store.unknownOrders(config.id).slice(0, SHOWN_UNKNOWN_ORDERS)
    return {
      id: config.id,
      state: part.ok ? 'ok' : 'problem',
      message: part.message,
      unknown_orders: unknown.map(({ ref, change, receivedAt }) => ({
        ref,
        number: change.number,
        status: change.status,
        seen: receivedAt,
      })),
    }
  }

  const send = async () => {
    timer = null
    const reports = [...shops.known.values()].map(reportOf)
    const changed = reports.filter((report) => reported.get(report.id) !== JSON.stringify(report))
    if (changed.length === 0) return
    try {
      await odoo().report({ shops: changed })
      for (const report of changed) reported.set(report.id, JSON.stringify(report))
    } catch {
      // told with the next sweep; nothing depends on it
      log.debug({}, 'Odoo did not take a report on the shops')
    }
  }

  return {
    soon() {
      if (stopped) return
      timer ??= setTimeout(() => void send(), GATHER_MS)
    },
    partOf,
    stop() {
      stopped = true
      if (timer) clearTimeout(timer)
    },
  }
}
