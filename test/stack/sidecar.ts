/** The sidecar of this stack: built when its sources are newer, started on SQLite, paired through Odoo. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { OdooRpc } from './odoo-rpc.ts'
import { repo, stackDir } from './paths.ts'
import { launch } from './processes.ts'
import { run } from './shell.ts'
import { until } from './wait.ts'

const dist = join(repo, 'sidecar/dist')

function newest(dir: string): number {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Math.max(0, ...entries.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs))
}

export function sidecarIsBuilt(): boolean {
  const main = join(dist, 'main.js')
  return existsSync(main) && statSync(main).mtimeMs >= newest(join(repo, 'sidecar/src'))
}

export async function buildSidecar(): Promise<void> {
  // a file that was deleted in the sources must not live on in the build
  rmSync(dist, { recursive: true, force: true })
  await run('npm', ['run', '--silent', 'build:sidecar'], {
    cwd: repo,
    hint: 'the sidecar does not compile: npm run check',
  })
}

export interface SidecarOptions {
  readonly port: number
  readonly pairingCode: string
  readonly adminToken: string
}

export const sidecarData = () => join(stackDir(), 'sidecar')

export function launchSidecar(options: SidecarOptions): void {
  launch('sidecar', {
    command: process.execPath,
    args: [join(dist, 'main.js')],
    cwd: repo,
    env: {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(options.port),
      DATA_DIR: sidecarData(),
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
      PAIRING_CODE: options.pairingCode,
      ADMIN_TOKEN: options.adminToken,
    },
    stopSignal: 'SIGTERM',
  })
}

/** Exactly what a manager does: the Settings form, the address and the code, the button. */
export async function pair(admin: OdooRpc, sidecarUrl: string, odooUrl: string, code: string): Promise<void> {
  const form = await admin.create('res.config.settings', {
    marketplace_sidecar_url: sidecarUrl,
    marketplace_odoo_url: odooUrl,
    marketplace_pairing_code: code,
  })
  await admin.call('res.config.settings', 'action_marketplace_pair', [[form]])
}

/** After pairing the sidecar looks at Odoo by itself and announces its connectors. */
export async function connectorId(admin: OdooRpc, name: string, patienceMs = 30_000): Promise<number> {
  return until(`the sidecar announces the connector ${name}`, patienceMs, async () => {
    const found = await admin.search('marketplace.connector', [['code', '=', name]])
    return found[0] ?? null
  })
}
