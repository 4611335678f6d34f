/** JSON-2, from Odoo 19 on: one POST per call, the key in the header, named arguments. */
import { z } from 'zod'
import { OdooError } from './client.ts'
import { accessError, loginError, noAddon, noDatabase, serverError, statusFault, userError } from './faults.ts'
import type { Account, Answer, Transport, Wire } from './transport.ts'

export function createJson2(wire: Wire, { db, apiKey }: Account): Transport {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    accept: 'application/json',
    authorization: `bearer ${apiKey}`,
    'x-odoo-database': db,
  }
  return {
    kind: 'json2',
    async call(model, method, request) {
      const answer = await wire.post(`/json/2/${model}/${method}`, headers, JSON.stringify({ request }))
      const fault = routeFault(answer) ?? statusFault(answer, /^application\/json/)
      if (fault) throw fault
      const value = parse(answer)
      if (answer.status === 200) return value
      throw faultOf(answer.status, value)
    },
  }
}

/** Without a database Odoo 19 has no such route and answers with a page; Odoo 18 has it never and sends to the login. */
function routeFault({ status, type, location }: Answer): OdooError | null {
  if (status === 404 && !/json/.test(type)) return noDatabase()
  if (status < 300 || status >= 400 || !location.includes('/web/login')) return null
  return new OdooError(
    'not-ours',
    'NO_JSON2',
    'This Odoo has no JSON-2, which came with 19: leave ODOO_TRANSPORT at "auto".',
  )
}

function parse(answer: Answer): unknown {
  try {
    return JSON.parse(answer.body)
  } catch (cause) {
    // a 200 that was cut short: the call itself went through
    throw new OdooError('unknown', 'BODY', 'The answer of Odoo is no JSON.', { cause })
  }
}

const errorBody = z.object({
  name: z.string().default(''),
  message: z.string().default(''),
  debug: z.string().default(''),
})

function faultOf(status: number, value: unknown): OdooError {
  const { name, message, debug } = errorBody.catch({ name: '', message: '', debug: '' }).parse(value)
  const kind = name.split('.').at(-1) ?? ''
  if (status === 401) return loginError()
  if (kind === 'AccessError') return accessError(message)
  if (kind === 'AccessDenied') return loginError()
  if (status === 404) return /^(404: )?the model /i.test(message) ? noAddon() : notFound(message)
  if (status === 422 || USER_ERRORS.has(kind)) return userError(message)
  return serverError(`${debug}\n${name}: ${message}`)
}

const USER_ERRORS = new Set(['UserError', 'ValidationError', 'RedirectWarning', 'MissingError'])

function notFound(message: string): OdooError {
  return new OdooError('refused', 'NOT_FOUND', `Odoo does not know that call: ${message}`)
}
