/** Every answer that is not a success: `{error: {code, message}}`, the message a sentence for a person. */
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Log } from '../lib/log.ts'
import { StoreError } from '../store/index.ts'

const RETRY_AFTER_SECONDS = '5'

export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: ContentfulStatusCode
  readonly code: string

  constructor(status: ContentfulStatusCode, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export function answerError(c: Context, { status, code, message }: HttpError): Response {
  if (status === 503) c.header('retry-after', RETRY_AFTER_SECONDS)
  // what was not read of the body must not be taken for the next request
  if (status === 413 || status === 415) c.header('connection', 'close')
  return c.json({ error: { code, message } }, status)
}

/** For `app.onError`. A refusal is logged as a fact: where, why, which status; never a body, never a header. */
export function errorHandler(log: Log) {
  return (error: Error, c: Context): Response => {
    const known = toHttpError(error)
    const facts = { route: c.req.path, reason: known.code, status: known.status }
    if (known.status >= 500) log.error({ ...facts, err: error }, 'a call failed')
    else log.warn(facts, 'a call was refused')
    return answerError(c, known)
  }
}

function toHttpError(error: Error): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof StoreError && error.unavailable) return new HttpError(503, `store-${error.fault}`, error.message)
  return new HttpError(500, 'internal', 'The sidecar failed in a way that is its own fault: its log says more.')
}
