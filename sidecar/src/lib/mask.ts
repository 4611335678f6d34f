/**
 * What may never stand in a log line. Whatever is named like a secret or like a person is replaced, at any depth; texts are searched for the
 * shapes of keys, of credentials inside addresses, and of mail addresses.
 */
const MASK = '***'
const DEPTH = 8

/** Words of a name (split at case, `_`, `-`, `.`) that make its value unspeakable. */
const WORDS = new Set([
  ...[
    'token',
    'key',
    'apikey',
    'authorization',
    'auth',
    'password',
    'passwd',
    'pwd',
    'secret',
    'secrets',
    'credential',
  ],
  ...['credentials', 'cookie', 'signature', 'otp', 'pin', 'code', 'login', 'session', 'bearer'],
  ...['name', 'firstname', 'lastname', 'fullname', 'username', 'phone', 'mobile', 'tel', 'email', 'mail'],
  ...['address', 'street', 'city', 'zip', 'postcode', 'vat', 'buyer', 'customer', 'retailer', 'body', 'headers'],
])

/** Parts that betray a secret even inside a longer word, as in `authorizationtoken`. */
const PARTS = /token|secret|passw|apikey|authoriz|phone|e-?mail|cookie|credential/i

const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/whsec_[A-Za-z0-9+/=_-]+/g, MASK],
  [/\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${MASK}`],
  [/(\/\/)[^/\s:@]+:[^/\s@]+@/g, `$1${MASK}@`],
  [/([?&][^=&\s]*(?:token|key|secret|password|auth|code|otp|phone|email|signature)[^=&\s]*=)[^&\s"']+/gi, `$1${MASK}`],
  [/[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+/g, MASK],
]

export function isUnspeakable(name: string): boolean {
  if (PARTS.test(name)) return true
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').split(/[^A-Za-z0-9]+/)
  return words.some((word) => WORDS.has(word.toLowerCase()))
}

export function maskText(text: string): string {
  return SHAPES.reduce((masked, [shape, replacement]) => masked.replace(shape, replacement), text)
}

export function mask(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return maskText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  // also ends a structure that contains itself
  if (depth >= DEPTH) return '[deep]'
  if (value instanceof Error) return describeError(value, depth)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.map((item) => mask(item, depth + 1))
  if (value instanceof Map) return maskEntries(value.entries(), depth)
  if (value instanceof Set) return [...value].map((item) => mask(item, depth + 1))
  return maskEntries(Object.entries(value), depth)
}

function maskEntries(entries: Iterable<[unknown, unknown]>, depth: number): Record<string, unknown> {
  const masked: Record<string, unknown> = {}
  for (const [key, value] of entries) {
    const name = String(key)
    masked[name] = isUnspeakable(name) ? hide(value) : mask(value, depth + 1)
  }
  return masked
}

/** That something is not set may be said; what is set may not. */
function hide(value: unknown): unknown {
  return value === null || value === undefined || value === '' || typeof value === 'boolean' ? value : MASK
}

/** An error's own fields are left out: clients hang whole requests on them. `errno` says what `code` would. */
function describeError(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error ? error.code : undefined
  return {
    type: error.name,
    message: maskText(error.message),
    ...(typeof code === 'string' && /^[A-Za-z_-]{1,40}$/.test(code) ? { errno: code } : {}),
    ...(error.stack ? { stack: maskText(error.stack) } : {}),
    ...(error.cause === undefined ? {} : { cause: mask(error.cause, depth + 1) }),
  }
}
