import type { PollPage, PushCommand, PushResult, SessionContext } from '../contract.ts'
import { ShopError } from '../errors.ts'
import { hasWorked, isHtml, resultOf, shown, waitOf } from './answers.ts'
import { CANCEL_REASONS, type Settings } from './config.ts'
import { readOrder } from './raw.ts'
import { type Exchange, exchange } from './transport.ts'

/** The pseudo status that hides an order from the feed until it changes again. */
const SYNCED = 'synced'
/** A feed that never ends is a fault of the server, not a reason to ask for ever. */
const MOST_PAGES = 200

export interface Client {
  push(command: PushCommand, signal: AbortSignal): Promise<PushResult>
  acknowledge(ref: string, signal: AbortSignal): Promise<PushResult>
  poll(signal: AbortSignal): AsyncIterable<PollPage>
  test(signal: AbortSignal): Promise<{ ok: boolean; message: string }>
}

export function createClient(
  settings: Settings,
  { fetch: fetcher, now }: Pick<SessionContext, 'fetch' | 'now'>,
): Client {
  const base = settings.base_url.replace(/\/+$/, '')
  const headers = { [settings.authorization_header]: settings.token, accept: 'application/json' }
  const supplier: Record<string, string> =
    settings.supplier_code === '' ? {} : { internal_supplier_code: settings.supplier_code }

  const ask = (path: string, signal: AbortSignal, body?: string) =>
    exchange(
      fetcher,
      body === undefined
        ? { method: 'GET', url: `${base}/${path}`, headers }
        : { method: 'POST', url: `${base}/${path}`, headers: { ...headers, 'content-type': 'application/json' }, body },
      settings.timeout_seconds * 1000,
      signal,
    )

  const setStatus = async (ref: string, body: Record<string, string>, signal: AbortSignal) => {
    // without a name the same path is the bulk call
    if (/^\.*$/.test(ref)) return nameless
    const path = `${trimmed(settings.update_path)}/${encodeURIComponent(ref)}`
    const outcome = await ask(path, signal, JSON.stringify({ hashed_id: ref, ...body, ...supplier }))
    return resultOf(outcome, now(), [settings.token, body.retailer_otp ?? ''])
  }

  const pull = (page: number, perPage: number, window: Record<string, string>, signal: AbortSignal) => {
    const query = new URLSearchParams({ page: String(page), per_page: String(perPage), ...window, ...supplier })
    return ask(`${trimmed(settings.pull_path)}?${query}`, signal)
  }

  const pageOf = (orders: readonly unknown[]): PollPage => {
    const read = orders.map(readOrder)
    return {
      changes: read.flatMap((order) => (order.ok && isOurs(order.supplierCode) ? [order.change] : [])),
      unreadable: read.flatMap((order) => (order.ok ? [] : [{ ref: order.ref, problem: order.problem }])),
    }
  }

  const isOurs = (code: string | null) =>
    settings.supplier_code === '' || code === null || code === settings.supplier_code

  return {
    async push(command, signal) {
      const inputs = inputsOf(command, settings)
      if (inputs === null) return unknownReason
      return setStatus(command.ref, { status: command.to, ...inputs }, signal)
    },

    acknowledge: (ref, signal) => setStatus(ref, { status: SYNCED }, signal),

    async *poll(signal) {
      const window = windowOf(settings.window_hours, now())
      let previous = ''
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const outcome = await pull(page, settings.page_size, window, signal)
        const orders = ordersOf(outcome, settings, now())
        const text = JSON.stringify(orders)
        // a server that does not know `page` would answer the same for ever
        if (orders.length === 0 || text === previous) return
        previous = text
        yield pageOf(orders)
        if (orders.length < settings.page_size) return
      }
    },

    async test(signal) {
      const outcome = await pull(1, 1, windowOf(settings.window_hours, now()), signal)
      try {
        ordersOf(outcome, settings, now())
        return { ok: true, message: 'Cartona answers and accepts the token.' }
      } catch (error) {
        if (error instanceof ShopError) return { ok: false, message: error.message }
        throw error
      }
    },
  }
}

const trimmed = (path: string) => path.replace(/^\/+|\/+$/g, '')

function windowOf(hours: number, nowMs: number): Record<string, string> {
  if (hours === 0) return {}
  return { from: new Date(nowMs - hours * 3_600_000).toISOString(), to: new Date(nowMs).toISOString() }
}

const nameless: PushResult = { kind: 'refused', code: 'unknown-order', answer: 'Not sent: the order has no reference.' }

const unknownReason: PushResult = {
  kind: 'refused',
  code: 'input-needed',
  answer: `Not sent: the reason for the cancellation must be one of ${Object.keys(CANCEL_REASONS).join(', ')}.`,
}

/** What Cartona wants with a status. Null when a person gave a reason that Cartona does not know. */
function inputsOf({ to, inputs }: PushCommand, settings: Settings): Record<string, string> | null {
  if (to === 'delivered' && inputs.buyer_code) return { retailer_otp: inputs.buyer_code }
  if (to !== 'cancelled_by_supplier') return {}
  const given = inputs.cancel_reason?.trim().toLowerCase().replaceAll(' ', '_')
  const reason = given || settings.default_cancel_reason
  return reason in CANCEL_REASONS ? { cancellation_reason: reason } : null
}

/** The orders of one page; throws a `ShopError` whose message a person can act on. */
function ordersOf(outcome: Exchange, settings: Settings, nowMs: number): readonly unknown[] {
  if (outcome.kind === 'never-left')
    throw new ShopError('shop-unreachable', `Cartona cannot be reached. ${outcome.why}`)
  if (outcome.kind === 'lost') throw new ShopError(outcome.code, lostSentence(outcome.code, settings))
  if (!hasWorked(outcome)) throw problemOf(outcome, settings.token, nowMs)
  const orders = parsed(outcome.text)
  if (Array.isArray(orders)) return orders
  const got = isHtml(outcome.text) ? 'a web page' : 'something else'
  throw new ShopError(
    'odd-answer',
    `Cartona answered with ${got} instead of a list of orders: check the address of the API.`,
  )
}

function lostSentence(code: 'timeout' | 'connection-lost', settings: Settings): string {
  if (code === 'timeout') return `Cartona did not answer within ${settings.timeout_seconds} seconds.`
  return 'The connection to Cartona broke before it answered.'
}

function problemOf(outcome: Extract<Exchange, { kind: 'answer' }>, token: string, nowMs: number): ShopError {
  const { status } = outcome
  if (status === 401 || status === 403) {
    return new ShopError('unauthorized', `Cartona does not accept the token (${status}): paste it anew.`)
  }
  if (status === 429) {
    const wait = waitOf(outcome.retryAfter, nowMs)
    return new ShopError('rate-limited', 'Cartona asks us to slow down (429).', wait ?? undefined)
  }
  if (status >= 300 && status < 400) {
    return new ShopError(
      'not-configured',
      `Cartona's address redirects elsewhere (${status}): check the address of the API.`,
    )
  }
  if (status === 404) {
    return new ShopError(
      'not-configured',
      'There is no Cartona API at this address (404): check the address of the API.',
    )
  }
  if (status >= 500) return new ShopError('shop-error', `Cartona has a problem of its own (${status}).`)
  return new ShopError('bad-request', `Cartona does not understand the question: ${shown(outcome, [token])}`)
}

function parsed(text: string): unknown {
  try {
    // an answer without a body says that nothing waits
    return text.trim() === '' ? [] : JSON.parse(text)
  } catch {
    return undefined
  }
}
