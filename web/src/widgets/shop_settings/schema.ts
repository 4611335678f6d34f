/** The settings of a shop as its connector announced them, read from the record of a form. Pure. */

export type Kind = 'text' | 'url' | 'integer' | 'boolean' | 'choice' | 'secret'
export type Value = string | number | boolean | null

export interface Choice {
  readonly value: string
  readonly label: string
}

export interface Setting {
  readonly name: string
  readonly label: string
  readonly help: string
  readonly kind: Kind
  readonly required: boolean
  readonly fallback: string
  readonly choices: readonly Choice[]
}

/** What a person did to a secret: a new value, "" to delete it, null for a field that was opened and left empty. */
export type NewSecrets = Readonly<Record<string, string | null>>

export type Problem = 'missing' | 'no-number' | 'no-address' | 'no-choice'

const KINDS: readonly string[] = ['text', 'url', 'integer', 'boolean', 'choice', 'secret'] satisfies readonly Kind[]

export function parseSettings(raw: unknown): readonly Setting[] {
  return Array.isArray(raw) ? raw.filter(isObject).map(parseSetting) : []
}

function parseSetting(raw: Readonly<Record<string, unknown>>): Setting {
  return {
    name: textOf(raw.name),
    label: textOf(raw.label),
    help: textOf(raw.help),
    // a kind of a newer connector can at least be typed
    kind: isKind(raw.type) ? raw.type : 'text',
    required: raw.required === true,
    fallback: textOf(raw.default),
    choices: Array.isArray(raw.choices) ? raw.choices.filter(isObject).map(parseChoice) : [],
  }
}

const parseChoice = (raw: Readonly<Record<string, unknown>>): Choice => ({
  value: textOf(raw.value),
  label: textOf(raw.label),
})

/** Odoo gives false for an empty Json. */
export function parseValues(raw: unknown): Readonly<Record<string, Value>> {
  const entries = isObject(raw) ? Object.entries(raw) : []
  return Object.fromEntries(entries.flatMap(([name, value]) => (isValue(value) ? [[name, value]] : [])))
}

export function parseSecrets(raw: unknown): NewSecrets {
  const entries = isObject(raw) ? Object.entries(raw) : []
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'string' ? value : null]))
}

/** What a person typed, as it is kept. A number that is none stays as typed, so that it can be corrected. */
export function fromText(kind: Kind, typed: string): Value {
  const text = typed.trim()
  if (text === '') return null
  return kind === 'integer' && /^-?\d{1,15}$/.test(text) ? Number(text) : typed
}

export function problemOf(setting: Setting, value: Value): Problem | null {
  if (setting.kind === 'boolean') return null
  if (value === null || value === '') return setting.required && setting.fallback === '' ? 'missing' : null
  if (setting.kind === 'integer' && typeof value !== 'number') return 'no-number'
  if (setting.kind === 'url' && !/^https?:\/\/\S+$/.test(String(value).trim())) return 'no-address'
  if (setting.kind === 'choice' && !setting.choices.some((choice) => choice.value === value)) return 'no-choice'
  return null
}

export function problemOfSecret(setting: Setting, isSet: boolean, typed: string | null | undefined): Problem | null {
  const willBeSet = typed ? true : isSet && typed !== ''
  return setting.required && !willBeSet ? 'missing' : null
}

export const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''

const isObject = (raw: unknown): raw is Readonly<Record<string, unknown>> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw)

const isKind = (raw: unknown): raw is Kind => typeof raw === 'string' && KINDS.includes(raw)

const isValue = (raw: unknown): raw is Value =>
  raw === null || typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean'
