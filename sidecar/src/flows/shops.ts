/** The shops as Odoo configures them, each opened with its connector, settings and secrets, or with the reason why not. */
import type { Connector } from '../connectors/contract.ts'
import type { ParsedSettings } from '../connectors/index.ts'
import type { ShopConfig } from '../odoo/wire.ts'
import { createBreaker } from './breaker.ts'
import type { FlowClock, FlowLog, LiveShop } from './flow.ts'
import { createPace } from './limits.ts'
import type { Store } from './ports.ts'

export interface Register {
  byName(name: string): Connector | null
  parse(
    connector: Connector,
    settings: Readonly<Record<string, unknown>>,
    secrets: Readonly<Record<string, string>>,
  ): ParsedSettings
}

export interface Shops {
  /** Answers the shops that were opened anew: their feeds start over. */
  update(configs: readonly ShopConfig[]): void
  /** Secrets changed: the session holds the old ones. */
  reopen(): void
  get(id: string): LiveShop | null
  all(): readonly LiveShop[]
  /** Why a shop that exists is not open: a sentence. */
  readonly problems: ReadonlyMap<string, string>
  readonly known: ReadonlyMap<string, ShopConfig>
}

export interface ShopsOptions {
  readonly store: Store
  readonly register: Register
  readonly fetch: typeof fetch
  readonly clock: FlowClock
  readonly log: FlowLog
}

export function createShops({ store, register, fetch, clock, log }: ShopsOptions): Shops {
  const known = new Map<string, ShopConfig>()
  const live = new Map<string, LiveShop>()
  const problems = new Map<string, string>()

  const open = (config: ShopConfig): LiveShop | string => {
    const connector = register.byName(config.connector)
    if (!connector) return `This sidecar has no connector named "${config.connector}". Update the sidecar.`
    const secrets = store.secrets(config.id)
    const parsed = register.parse(connector, config.settings, secrets)
    if (!parsed.ok) return parsed.problems.join(' ')
    const { settings } = parsed
    return {
      id: config.id,
      name: config.name,
      receive: config.receive,
      config,
      connector,
      session: connector.open({ settings, secrets, fetch, now: clock.now }),
      rules: connector.rules(settings),
      pollSeconds: connector.pollSeconds(settings),
      pace: live.get(config.id)?.pace ?? createPace(connector.limits, clock.now),
      breaker: createBreaker(),
    }
  }

  const reopen = () => {
    problems.clear()
    for (const config of known.values()) {
      const opened = config.active ? open(config) : 'The shop is archived.'
      if (typeof opened !== 'string') {
        live.set(config.id, opened)
        continue
      }
      live.delete(config.id)
      if (!config.active) continue
      problems.set(config.id, opened)
      log.warn({ shop: config.id }, 'a shop cannot be opened with its settings')
    }
  }

  return {
    update(configs) {
      known.clear()
      for (const config of configs) known.set(config.id, config)
      for (const id of live.keys()) if (!known.has(id)) live.delete(id)
      reopen()
    },
    reopen,
    get: (id) => live.get(id) ?? null,
    all: () => [...live.values()],
    problems,
    known,
  }
}
