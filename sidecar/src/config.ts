/** The settings of the sidecar: its environment, checked once at the start. The table in the README is made from here. */
import { z } from 'zod'
import { parseSecretKey } from './lib/crypto.ts'
import { LOG_LEVELS } from './lib/log.ts'

interface About {
  /** What it is for, as the README shows it. */
  readonly about: string
  /** How the README shows the default when it is not a plain value. */
  readonly otherwise?: string
  /** Its value is never repeated, not even when it is wrong. */
  readonly secret?: boolean
}

const whole = (min: number, max: number, unit: string) => {
  const error = `must be a whole number ${unit} from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,12}$/, { error })
    .transform(Number)
    .pipe(z.number().min(min, { error }).max(max, { error }))
}

const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` })

const keys = z.string().transform((text, context) => {
  const parsed = text.split(',').map(parseSecretKey)
  if (parsed.every((key) => key !== null)) return parsed
  context.addIssue({
    code: 'custom',
    message: 'must be 32 bytes as base64 or hex: make one with "openssl rand -base64 32"',
  })
  return z.NEVER
})

const about = (meta: About) => ({ ...meta })

export const settingsSchema = z.object({
  PORT: whole(0, 65_535, '(a port)')
    .prefault('8787')
    .meta(about({ about: 'The port to listen on. 0 takes a free one.' })),
  HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .meta(about({ about: 'The address to listen on. `0.0.0.0` for all, in a container or behind a proxy.' })),
  DATA_DIR: z
    .string()
    .min(1)
    .default('./data')
    .meta(
      about({
        about: 'The folder of the store and the keys. It must survive a restart, and is for the sidecar alone.',
      }),
    ),
  LOG_LEVEL: oneOf(LOG_LEVELS)
    .default('info')
    .meta(about({ about: `How much is logged: ${LOG_LEVELS.join(', ')}.` })),
  ADMIN_TOKEN: z
    .string()
    .min(16, { error: 'must have at least 16 characters' })
    .optional()
    .meta(
      about({
        about: 'The bearer token of `/api`.',
        otherwise: 'drawn once, kept in `DATA_DIR/admin-token`',
        secret: true,
      }),
    ),
  PAIRING_CODE: z
    .string()
    .min(8, { error: 'must have at least 8 characters' })
    .optional()
    .meta(
      about({
        about: 'A pairing code fixed beforehand. It works once.',
        otherwise: 'drawn and printed at the start',
        secret: true,
      }),
    ),
  SECRET_KEY: keys.optional().meta(
    about({
      about: 'The key that seals the secrets of the shops: 32 bytes as base64 or hex. `new,old` changes it.',
      otherwise: 'the key file',
      secret: true,
    }),
  ),
  SECRET_KEY_FILE: z
    .string()
    .min(1)
    .optional()
    .meta(
      about({
        about: 'The key file, made at the first start. Keep a copy: without it the secrets are lost.',
        otherwise: '`DATA_DIR/secret.key`',
      }),
    ),
  SWEEP_SECONDS: whole(1, 3600, 'of seconds')
    .prefault('30')
    .meta(about({ about: 'How often the sidecar looks at Odoo by itself: what a lost wake costs at most.' })),
  LEASE_SECONDS: whole(5, 600, 'of seconds')
    .prefault('30')
    .meta(about({ about: 'How long claimed rows stay reserved for this sidecar.' })),
  TOLERANCE_SECONDS: whole(10, 3600, 'of seconds')
    .prefault('300')
    .meta(about({ about: 'How old a signed call may be.' })),
  BODY_LIMIT_BYTES: whole(1024, 104_857_600, 'of bytes')
    .prefault('1048576')
    .meta(about({ about: 'The largest body that is read; a larger one is answered 413.' })),
  ODOO_TIMEOUT_MS: whole(100, 600_000, 'of milliseconds')
    .prefault('30000')
    .meta(about({ about: 'How long Odoo has for an answer.' })),
  ODOO_TRANSPORT: oneOf(['auto', 'json2', 'xmlrpc'])
    .default('auto')
    .meta(about({ about: 'How to talk to Odoo. `auto` asks for its version: `json2` from 19 on, else `xmlrpc`.' })),
  SHUTDOWN_SECONDS: whole(1, 120, 'of seconds')
    .prefault('10')
    .meta(about({ about: 'How long a stop waits for what is under way.' })),
})

export type Config = z.output<typeof settingsSchema>

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** A variable that is set but empty means "not set": compose files write them so. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const names = Object.keys(settingsSchema.shape)
  const given = names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : []))
  const read = settingsSchema.safeParse(Object.fromEntries(given))
  if (read.success) return read.data
  throw new ConfigError(
    read.error.issues.map((issue) => sentence(String(issue.path[0]), issue.message, environment)).join('\n'),
  )
}

function sentence(name: string, message: string, environment: Readonly<Record<string, string | undefined>>): string {
  const given = aboutOf(name).secret ? '' : `, not "${environment[name]}"`
  return `${name} ${message}${given}. Set it right, or leave it out for the default (${otherwise(name)}).`
}

const aboutSchema = z.object({ about: z.string(), otherwise: z.string().optional(), secret: z.boolean().optional() })

function aboutOf(name: string): About {
  const field = Object.entries(settingsSchema.shape).find(([known]) => known === name)?.[1]
  return aboutSchema.parse(field?.meta())
}

function otherwise(name: string): string {
  const { otherwise: words } = aboutOf(name)
  if (words) return words
  const value = Object.entries(DEFAULTS).find(([known]) => known === name)?.[1]
  return value === undefined ? 'none' : `\`${value}\``
}

const DEFAULTS: Readonly<Record<string, unknown>> = settingsSchema.parse({})

/** The table of the README, as Markdown. */
export function settingsTable(): string {
  const rows = Object.keys(settingsSchema.shape).map(
    (name) => `| \`${name}\` | ${otherwise(name)} | ${aboutOf(name).about} |`,
  )
  return ['| setting | default | what it is for |', '| --- | --- | --- |', ...rows].join('\n')
}
