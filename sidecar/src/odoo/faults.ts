/** What Odoo says when it does not do as asked, sorted by what may be done next. Both transports end here. */
import { OdooError } from './client.ts'
import type { Answer } from './transport.ts'

/** Codes that our addon puts in front of its sentences. */
const OURS = /^(PROTOCOL|EPOCH|NOT_PAIRED|COPY):\s*([\s\S]*)$/

/** PostgreSQL gave way to somebody else, or is being restarted. */
const BUSY =
  /could not serialize|SerializationFailure|deadlock detected|DeadlockDetected|could not obtain lock|LockNotAvailable|ReadOnlySqlTransaction|AdminShutdown|terminating connection|the database system is|server closed the connection|too many clients|PoolError|connection pool is full/i
const NO_DATABASE = /database "[^"]*" does not exist|DatabaseNotFound|no such database|Database not found/i
const NO_MODEL = /(the model|Object) '?"?marketplace\.[a-z.]+'?"? does(n't| not) exist|KeyError: 'marketplace\./i

/** A UserError of our addon or of Odoo itself. */
export function userError(message: string): OdooError {
  const ours = OURS.exec(message)
  if (ours) return new OdooError('not-ours', ours[1] ?? '', (ours[2] ?? '').trim())
  // Odoo 18 says so in a message for the user, 19 with a status
  if (NO_MODEL.test(message)) return noAddon()
  return new OdooError('refused', 'USER_ERROR', message.trim())
}

export function accessError(message: string): OdooError {
  return new OdooError('refused', 'ACCESS', `The sidecar's user in Odoo lacks a right: ${lastLine(message)}`)
}

export function loginError(): OdooError {
  return new OdooError(
    'login',
    'LOGIN',
    'Odoo does not accept the key of the sidecar: renew it in the settings of Odoo.',
  )
}

/** Anything that Odoo itself did not expect: a traceback, or the last line of one. */
export function serverError(text: string): OdooError {
  if (/cannot marshal None/.test(text))
    return new OdooError('unknown', 'MARSHAL', 'Odoo did what was asked and could not put its answer into words.')
  if (BUSY.test(text)) return new OdooError('busy', 'BUSY', 'Odoo is busy with other changes; asking again helps.')
  if (NO_DATABASE.test(text)) return noDatabase()
  if (NO_MODEL.test(text)) return noAddon()
  return new OdooError('refused', 'SERVER_ERROR', `Odoo failed: ${lastLine(text)}`)
}

export function noDatabase(): OdooError {
  return new OdooError('not-ours', 'DATABASE', 'The paired database does not exist in this Odoo: pair again.')
}

export function noAddon(): OdooError {
  return new OdooError('refused', 'ADDON', 'The addon Marketplace Sync is not installed in the paired database.')
}

/** The status line first: proxies and Odoo's own routing answer before any method is reached. null: read the body. */
export function statusFault({ status, type, location }: Answer, wanted: RegExp): OdooError | null {
  if (status >= 300 && status < 400) return redirectFault(location)
  if (status === 429 || status === 502 || status === 503)
    return new OdooError(
      'busy',
      `HTTP_${status}`,
      `Odoo, or the proxy before it, asks to come again later (${status}).`,
    )
  if (status === 504 || status === 408)
    return new OdooError('unknown', `HTTP_${status}`, `The proxy before Odoo gave up waiting (${status}).`)
  if (wanted.test(type)) return null
  if (status === 401) return loginError()
  if (status === 200) return pageFault()
  return new OdooError('refused', `HTTP_${status}`, `Odoo answered ${status} and no message that can be read.`)
}

function redirectFault(location: string): OdooError {
  if (/\/web\/login/.test(location)) return loginError()
  if (/\/web\/database/.test(location)) return noDatabase()
  return new OdooError(
    'not-ours',
    'REDIRECT',
    'Another address answers for Odoo: set its address right, and pair again.',
  )
}

/** A page where a message was due: a login page, a database manager, a proxy's greeting. */
function pageFault(): OdooError {
  return new OdooError(
    'not-ours',
    'PAGE',
    'A web page answers where Odoo should: check the address and the database, or what stands before Odoo.',
  )
}

export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim().slice(0, 500) ?? ''
}
