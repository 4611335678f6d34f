/** Reads the settings, wires the parts, starts them, and stops them in order. The only place that wires. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, ConfigError, loadConfig } from './config.ts'
import { connectorByName, connectors, parseSettings } from './connectors/index.ts'
import { type Connection, createEngine } from './flows/engine.ts'
import { createApp } from './http/app.ts'
import { adminToken } from './http/auth/admin.ts'
import { createPairing, type Pairing } from './http/auth/pairing.ts'
import { startServer } from './http/server.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import { keyFromFile } from './lib/crypto.ts'
import { createIds } from './lib/id.ts'
import { createLog, type Log } from './lib/log.ts'
import { OdooError } from './odoo/client.ts'
import { type ClosableOdooClient, createOdooClient } from './odoo/connect.ts'
import { openStore } from './store/index.ts'

async function main(): Promise<void> {
  const config = loadConfig(process.env)
  const clock = systemClock
  const log = createLog(config.LOG_LEVEL)
  mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o700 })
  const keyFile = config.SECRET_KEY_FILE ?? join(config.DATA_DIR, 'secret.key')
  const key = config.SECRET_KEY ?? [keyFromFile(keyFile)]
  const store = openStore({ file: join(config.DATA_DIR, 'sidecar.sqlite'), clock, key })
  const ids = createIds({ clock, after: store.newestOperation() })
  const pairing = createPairing({ store, clock, log, fixedCode: config.PAIRING_CODE, showCode })
  const engine = createEngine({
    store,
    clock,
    newId: () => ids.next(),
    random: Math.random,
    log,
    register: { all: connectors, byName: connectorByName, parse: parseSettings },
    fetch,
    paired: () => pairing.state(),
    connect: connector({ config, clock, pairing }),
    sweepSeconds: config.SWEEP_SECONDS,
    leaseSeconds: config.LEASE_SECONDS,
  })
  const app = createApp({ store, engine, pairing, connectors, config, adminToken: adminToken(config), clock, log })
  const server = await startServer(app, config)
  engine.start()
  log.info({ url: server.url, connectors: connectors.length }, 'the sidecar listens')

  onStopSignal(log, async () => {
    await server.close()
    await engine.stop(config.SHUTDOWN_SECONDS * 1000)
    store.close()
    log.info('the sidecar has stopped')
  })
}

/** One client at a time: a new pairing closes the one before. */
function connector({ config, clock, pairing }: { config: Config; clock: Clock; pairing: Pairing }) {
  let client: ClosableOdooClient | null = null
  return async (): Promise<Connection> => {
    client?.close()
    const account = pairing.account()
    const paired = pairing.state()
    if (!account || !paired) {
      throw new OdooError('login', 'NO_KEY', 'Odoo has not handed over its key yet. Press "Pair" in Odoo again.')
    }
    let instance = ''
    const { epoch, uuid, fingerprint } = paired
    const opened = createOdooClient({
      ...account,
      transport: config.ODOO_TRANSPORT,
      timeoutMs: config.ODOO_TIMEOUT_MS,
      epoch,
      clock,
      expect: { uuid, fingerprint },
      onAnswer: ({ envelope, offsetMs }) => {
        instance = envelope.instance
        pairing.learnOffset(offsetMs)
      },
    })
    client = opened
    return { client: opened, instance: () => instance }
  }
}

/** On the terminal and not in the log: a log is kept and passed on. */
function showCode(code: string): void {
  process.stdout.write(`Pairing code: ${code}  (Odoo: Settings > Marketplace)\n`)
}

/** The second signal does not wait. */
function onStopSignal(log: Log, stop: () => Promise<void>): void {
  let stopping = false
  const begin = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'stopping')
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the stop failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', begin)
  process.on('SIGINT', begin)
}

main().catch((error: unknown) => {
  // before the log exists, and for a person at a terminal: the sentence, and for a bug its trace as well
  const known = error instanceof ConfigError || (error instanceof Error && error.message.endsWith('.'))
  process.stderr.write(
    `The sidecar cannot start.\n${known ? (error as Error).message : String((error as Error).stack)}\n`,
  )
  process.exitCode = 1
})
