/** One POST to Odoo over a warm connection. What may have happened when it fails is told apart here and nowhere else. */
import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import https from 'node:https'
import { OdooError } from './client.ts'

/** How a method of Odoo is called; `xmlrpc.ts` and `json2.ts` are the two ways. */
export interface Transport {
  readonly kind: 'json2' | 'xmlrpc'
  call(model: string, method: string, request: Readonly<Record<string, unknown>>): Promise<unknown>
}

export interface Account {
  readonly url: string
  readonly db: string
  readonly login: string
  readonly apiKey: string
}

export interface Answer {
  readonly status: number
  readonly type: string
  readonly location: string
  readonly body: string
}

export interface Wire {
  post(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer>
  close(): void
}

export interface WireOptions {
  readonly url: string
  readonly timeoutMs: number
}

const MOST_ANSWER_BYTES = 64 * 1024 * 1024
const SOCKETS = 8

/** Failures before a byte was sent: nothing happened there for sure. */
const NOT_SENT = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EPROTO'],
  ...['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
])

export function createWire({ url, timeoutMs }: WireOptions): Wire {
  const base = new URL(url)
  const { request, Agent } = base.protocol === 'https:' ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS, scheduling: 'lifo' })
  const prefix = base.pathname.replace(/\/+$/, '')

  const once = (path: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request({
        agent,
        protocol: base.protocol,
        hostname: base.hostname.replace(/^\[|\]$/g, ''),
        port: base.port,
        path: prefix + path,
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      })
      const fail = (error: Error) => {
        reject(sorted(error, sent))
        sent.destroy()
      }
      const deadline = setTimeout(() => fail(new TimedOut()), timeoutMs)
      sent.once('response', (response) => collect(response, resolve, fail))
      sent.on('error', fail)
      sent.once('close', () => clearTimeout(deadline))
      sent.end(body)
    })

  return {
    async post(path, headers, body) {
      try {
        return await once(path, headers, body)
      } catch (error) {
        // a kept connection that Odoo closed just then: the call is sent anew, as all our calls may be
        if (error instanceof OdooError && error.code === 'STALE') return once(path, headers, body)
        throw error
      }
    },
    close: () => agent.destroy(),
  }
}

class TimedOut extends Error {
  override readonly name = 'TimedOut'
}

class TooLarge extends Error {
  override readonly name = 'TooLarge'
}

function collect(response: IncomingMessage, done: (answer: Answer) => void, fail: (error: Error) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  response.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > MOST_ANSWER_BYTES) fail(new TooLarge())
    else chunks.push(chunk)
  })
  // the connection broke in the middle of the answer
  response.once('error', fail)
  response.once('end', () =>
    done({
      status: response.statusCode ?? 0,
      type: response.headers['content-type'] ?? '',
      location: response.headers.location ?? '',
      body: Buffer.concat(chunks).toString('utf8'),
    }),
  )
}

function sorted(error: Error, sent: ClientRequest): OdooError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  const cause = { cause: error }
  if (error instanceof TooLarge)
    return new OdooError('refused', 'TOO_LARGE', 'Odoo answered with more than 64 MB.', cause)
  if (NOT_SENT.has(code) || sent.socket?.connecting !== false)
    return new OdooError('unreachable', code, `Odoo cannot be reached at its address (${code}).`, cause)
  if (error instanceof TimedOut)
    return new OdooError('unknown', 'TIMEOUT', 'Odoo did not answer in time; it may have done what was asked.', cause)
  if (sent.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE'))
    return new OdooError('unknown', 'STALE', 'Odoo closed a kept connection.', cause)
  return new OdooError(
    'unknown',
    code,
    `The connection to Odoo broke (${code}); it may have done what was asked.`,
    cause,
  )
}
