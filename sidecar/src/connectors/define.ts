/**
 * The pieces of a settings schema. Each helper makes one zod field whose `.meta()` says all that Odoo needs to draw it,
 * so the form, the check and the documentation cannot drift apart.
 */
import { z } from 'zod'
import type { SettingField } from './contract.ts'

interface About {
  readonly label: string
  readonly help: string
}

const missing = (about: About) => `is missing. ${about.help}`

const textOf = (about: About) =>
  z.string({ error: (issue) => (issue.input === undefined ? missing(about) : 'must be a text.') }).trim()

/** What a header can carry: a key with anything else could never be sent. */
const SENDABLE = /^[\x21-\x7e]*$/
const HEADER_NAME = /^[A-Za-z0-9-]+$/

const whole = (about: About & { min: number; max: number }) => {
  const problem = `must be a whole number from ${about.min} to ${about.max}.`
  // Odoo sends numbers, a form or an environment sends digits: both mean the same
  return z.coerce
    .number({ error: problem })
    .int({ error: problem })
    .min(about.min, { error: problem })
    .max(about.max, { error: problem })
}

const truth = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')], {
  error: 'must be yes or no.',
})

export const setting = {
  requiredText: (about: About) =>
    textOf(about)
      .min(1, { error: missing(about) })
      .meta({ ...about, type: 'text', required: true }),

  text: (about: About & { default: string }) =>
    textOf(about)
      .default(about.default)
      .meta({ ...about, type: 'text' }),

  headerName: (about: About & { default: string }) =>
    textOf(about)
      .regex(HEADER_NAME, { error: 'must be one word of letters, digits and dashes.' })
      .default(about.default)
      .meta({ ...about, type: 'text' }),

  url: (about: About & { default: string }) =>
    textOf(about)
      .refine(isAddress, { error: 'must be an address that starts with https:// (or http://).' })
      .default(about.default)
      .meta({ ...about, type: 'url' }),

  integer: (about: About & { default: number; min: number; max: number }) =>
    whole(about)
      .default(about.default)
      .meta({ ...about, type: 'integer' }),

  flag: (about: About & { default: boolean }) => truth.default(about.default).meta({ ...about, type: 'boolean' }),

  choice: <const V extends string>(about: About & { default: NoInfer<V>; choices: Readonly<Record<V, string>> }) => {
    const values = Object.keys(about.choices).filter((value): value is V => value in about.choices)
    const choices = values.map((value) => ({ value, label: about.choices[value] }))
    return z
      .enum(values, { error: `must be one of: ${values.join(', ')}.` })
      .default(about.default)
      .meta({ ...about, type: 'choice', choices })
  },

  requiredSecret: (about: About) =>
    textOf(about)
      .min(1, { error: missing(about) })
      .regex(SENDABLE, { error: 'holds a character that a key never has: paste it anew.' })
      .meta({ ...about, type: 'secret', required: true }),

  secret: (about: About) =>
    textOf(about)
      .default('')
      .meta({ ...about, type: 'secret' }),
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  return ['http:', 'https:'].includes(new URL(text).protocol)
}

const metaSchema = z.object({
  label: z.string().min(1),
  help: z.string().min(1),
  type: z.enum(['text', 'url', 'integer', 'boolean', 'choice', 'secret']),
  required: z.boolean().default(false),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  choices: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
})

/** How Odoo draws the settings of a connector. Throws for a field that was not made with `setting`: a bug of ours. */
export function fieldsOf(schema: z.ZodObject): SettingField[] {
  return Object.entries(schema.shape).map(([name, field]) => ({ name, ...metaSchema.parse(metaOf(field)) }))
}

function metaOf(field: unknown): unknown {
  return field instanceof z.ZodType ? field.meta() : undefined
}

/** An emptied field of a form means "not set", so that the default holds again. */
export function withoutEmpty(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  )
}

/** The problems of a settings form, as sentences for the person who fills it. Never holds a value. */
export function sentences(schema: z.ZodObject, error: z.ZodError): string[] {
  const labels = new Map(fieldsOf(schema).map((field) => [field.name, field.label]))
  const said = error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '')
    return `${labels.get(name) ?? name}: ${issue.message}`
  })
  return [...new Set(said)]
}

/** The settings that the flows already checked; a wrong one here is a bug of ours, named without its value. */
export function readSettings<T extends z.ZodObject>(schema: T, values: Readonly<Record<string, unknown>>): z.output<T> {
  const read = schema.safeParse(withoutEmpty(values))
  if (!read.success) throw new TypeError(sentences(schema, read.error).join(' '))
  return read.data
}
