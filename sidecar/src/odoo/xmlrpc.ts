/** XML-RPC, for Odoo 18: a login once, then `execute_kw` with the key in place of the password. */
import { Readable } from 'node:stream'
import Deserializer from 'xmlrpc/lib/deserializer.js'
import serializer from 'xmlrpc/lib/serializer.js'
import { OdooError } from './client.ts'
import { accessError, loginError, serverError, statusFault, userError } from './faults.ts'
import type { Account, Transport, Wire } from './transport.ts'

const HEADERS = { 'content-type': 'text/xml; charset=utf-8', accept: 'text/xml' }

export function createXmlRpc(wire: Wire, { db, login, apiKey }: Account): Transport {
  let user: Promise<number> | null = null

  const authenticate = async (): Promise<number> => {
    const id = await send(wire, 'common', 'authenticate', [db, login, apiKey, {}])
    if (typeof id !== 'number') throw loginError()
    return id
  }

  /** Asked once for all calls; a failure is not remembered. */
  const userId = (): Promise<number> => {
    user ??= authenticate().catch((error: unknown) => {
      user = null
      throw error
    })
    return user
  }

  return {
    kind: 'xmlrpc',
    async call(model, method, request) {
      const id = await userId()
      try {
        return await send(wire, 'object', 'execute_kw', [db, id, apiKey, model, method, [request], {}])
      } catch (error) {
        // the user may have been made anew under another id
        if (error instanceof OdooError && error.fault === 'login') user = null
        throw error
      }
    },
  }
}

async function send(wire: Wire, service: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const body = serializer.serializeMethodCall(method, params.map(speakable))
  const answer = await wire.post(`/xmlrpc/2/${service}`, HEADERS, body)
  const fault = statusFault(answer, /^(text|application)\/xml/)
  if (fault) throw fault
  return parse(answer.body)
}

function parse(body: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    new Deserializer().deserializeMethodResponse(Readable.from([body]), (error, value) => {
      if (error) reject(faultOf(error))
      else resolve(value)
    })
  })
}

/** Fault codes of Odoo: 2 a message for the user, 3 login refused, 4 a right is missing, 1 anything else, with its traceback. */
function faultOf(error: Error): OdooError {
  const code = 'faultCode' in error ? error.faultCode : null
  const text = 'faultString' in error ? String(error.faultString) : ''
  if (code === 2) return userError(text)
  if (code === 3) return loginError()
  if (code === 4) return accessError(text)
  if (code === 1) return serverError(text)
  return new OdooError('unknown', 'BODY', 'The answer of Odoo is no XML-RPC.', { cause: error })
}

/** XML has no control characters, no lone halves of a character, and XML-RPC no "undefined". */
function speakable(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(UNSPEAKABLE, '')
  if (Array.isArray(value)) return value.map(speakable)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(entries.map(([name, item]) => [name, speakable(item)]))
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must go
const UNSPEAKABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu
