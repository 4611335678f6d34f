/** The register. A new marketplace is its folder and one line here. */
import type { ConnectorAnnouncement } from '../odoo/wire.ts'
import { cartona } from './cartona/index.ts'
import type { Connector, SettingField } from './contract.ts'
import { fieldsOf, sentences, withoutEmpty } from './define.ts'
import { memory } from './memory/index.ts'

export const connectors: readonly Connector[] = [cartona, memory]

export function connectorByName(name: string): Connector | null {
  return connectors.find((connector) => connector.name === name) ?? null
}

export function settingFields(connector: Connector): SettingField[] {
  return fieldsOf(connector.settings)
}

/** What Odoo needs to know to draw the shop form and to name the statuses. */
export function announce(connector: Connector): ConnectorAnnouncement {
  return {
    name: connector.name,
    label: connector.label,
    version: connector.version,
    fields: settingFields(connector).map((field) => ({ ...field })),
    statuses: connector.statuses.map(({ code, label, final, actor }) => ({ code, label, final, actor: actor ?? '' })),
    webhook_paths: [...connector.webhookPaths],
  }
}

export type ParsedSettings =
  | { readonly ok: true; readonly settings: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Checks a shop's form; a problem is a sentence such as "Token: is missing. Paste the token ...". */
export function parseSettings(
  connector: Connector,
  settings: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>>,
): ParsedSettings {
  const secretNames = new Set(settingFields(connector).flatMap((field) => (field.type === 'secret' ? field.name : [])))
  // a secret that somebody put into the open settings must not count as set
  const open = Object.entries(settings).filter(([name]) => !secretNames.has(name))
  const read = connector.settings.safeParse(withoutEmpty({ ...Object.fromEntries(open), ...secrets }))
  if (read.success) return { ok: true, settings: read.data }
  return { ok: false, problems: sentences(connector.settings, read.error) }
}
