/** One HTTP exchange with Cartona. Knows where a failure happened, because that decides whether to ask again. */
import type { UnknownCode } from '../contract.ts'

export interface Call {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export type Exchange =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string; readonly retryAfter: string | null }
  /** The request certainly never left. `why` is a sentence. */
  | { readonly kind: 'never-left'; readonly why: string }
  /** It may have arrived. */
  | { readonly kind: 'lost'; readonly code: Extract<UnknownCode, 'timeout' | 'connection-lost'> }

/** Errors of Node's fetch before the first byte of the request was sent. */
const BEFORE_SENDING: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nobody listens at this address.',
  ENOTFOUND: 'This address does not exist: check its spelling.',
  EAI_AGAIN: 'The name of this address cannot be looked up right now.',
  EHOSTUNREACH: 'There is no way to this address.',
  ENETUNREACH: 'There is no way to this address.',
  UND_ERR_CONNECT_TIMEOUT: 'Nobody answered at this address in time.',
}

const CERTIFICATE = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|ERR_SSL_|EPROTO)/

export async function exchange(
  fetcher: typeof fetch,
  call: Call,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Exchange> {
  if (signal.aborted) return { kind: 'never-left', why: 'We were stopping.' }
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetcher(call.url, {
      method: call.method,
      headers: { ...call.headers },
      ...(call.body === undefined ? {} : { body: call.body }),
      // a redirect would carry the token to somebody else
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    })
    const text = await response.text()
    return { kind: 'answer', status: response.status, text, retryAfter: response.headers.get('retry-after') }
  } catch (error) {
    if (timeout.aborted) return { kind: 'lost', code: 'timeout' }
    return failureOf(error)
  }
}

function failureOf(error: unknown): Exchange {
  const code = codeOf(error)
  const why = BEFORE_SENDING[code]
  if (why) return { kind: 'never-left', why }
  if (CERTIFICATE.test(code)) {
    return { kind: 'never-left', why: 'The secure connection failed: the certificate of this address is not trusted.' }
  }
  return { kind: 'lost', code: 'connection-lost' }
}

/** Node hides the cause one or two levels down, and several of them when a name has several addresses. */
function codeOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 3) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError) return codeOf(error.errors[0], depth + 1)
  return codeOf(error.cause, depth + 1)
}
