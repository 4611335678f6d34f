/**
 * The closed list of codes that cross the wire and stand behind the badge, each with a plain sentence. No sentence
 * holds personal data: its parameters are a status, a count, a time and the name of an input.
 */
import type { ConflictKind, InputName, NothingReason, RefuseReason } from './entities.ts'

export type ReasonCode = NothingReason | ConflictKind | RefuseReason | FlowReason

/** What only the flows know: they carry out, wait and are told no. */
export type FlowReason = (typeof FLOW_REASONS)[number]

export const FLOW_REASONS = [
  'sent',
  'applied',
  'folded',
  'waiting',
  'next-try',
  'busy',
  'paused',
  'sending-off',
  'receiving-off',
  'shop-unreachable',
  'shop-error',
  'rate-limited',
  'breaker-open',
  'unknown-outcome',
  'timeout',
  'connection-lost',
  'odd-answer',
  'unauthorized',
  'bad-request',
  'not-configured',
  'unknown-order',
  'lost-order',
  'loop-broken',
  'stock-missing',
  'goods-left',
  'order-locked',
  'lot-needed',
  'needs-person',
  'odoo-refused',
] as const

export interface SentenceParams {
  /** The shop's word. */
  readonly status?: string
  readonly inputs?: readonly InputName[]
  readonly count?: number
  readonly seconds?: number
}

type Sentence = (params: SentenceParams) => string

/** A new code does not compile without its sentence. */
const SENTENCES: Readonly<Record<ReasonCode, Sentence>> = {
  // nothing to do
  agreed: () => 'Odoo and the shop agree.',
  unchanged: () => 'Nothing changed that the shop would notice.',
  kept: () => 'This change says nothing about the other side, so nothing was sent or changed.',
  'own-echo': () => 'The shop told us about our own change.',
  'late-event': () => 'The shop told us about an older state; it was left aside.',
  'fulfilled-by-shop': () => 'The shop delivers this order itself, so this change is not sent.',
  'not-owner': () => 'Another shop leads this order, so this change does not move Odoo.',
  'skipped-by-caller': () => 'The program that made this change asked not to send it.',
  // questions for a person
  'both-changed': () => 'Odoo and the shop both changed. Choose which one is right.',
  'stale-version': () => 'The order changed in Odoo meanwhile. Look at it again.',
  'business-rule': () => 'A rule of Odoo does not allow this change. A person has to look.',
  'unmapped-pair': () => 'The mapping has no status for what this order says now. A person has to look.',
  'unmapped-status': ({ status }) =>
    `The mapping does not say what ${word(status)} means in Odoo. A person has to look.`,
  'illegal-transition': ({ status }) =>
    `The shop does not allow the step to ${word(status)} from where the order stands.`,
  'data-mismatch': () => 'The order differs between Odoo and the shop in more than its status. A person has to look.',
  'input-needed': ({ inputs }) => `The shop needs ${inputNames(inputs)} first. Fill it in on the order.`,
  'buyer-editing': () => 'The buyer is changing this order in the shop. Wait until the buyer is done.',
  // refused
  'status-not-settable': ({ status }) => `The shop does not take ${word(status)} from us. Set it in the shop.`,
  'unknown-status': ({ status }) => `The shop sent ${word(status)}, which this connector does not know.`,
  // on the way
  sent: () => 'The shop has the change.',
  applied: () => 'Odoo has the change.',
  folded: ({ count }) => (count === undefined ? 'Folded into a later change.' : `${count} changes folded into 1.`),
  waiting: () => 'Waiting for its turn.',
  'next-try': ({ seconds }) => `It will be tried again ${time(seconds)}.`,
  busy: () => 'Odoo is working on this order right now. It will be tried again.',
  paused: () => 'Synchronisation is paused. The change waits.',
  'sending-off': () => 'Sending is switched off for this shop. The change waits.',
  'receiving-off': () => 'Receiving is switched off for this shop.',
  // the shop does not answer as it should
  'shop-unreachable': () => 'The shop cannot be reached. It will be tried again.',
  'shop-error': () => 'The shop answered with an error.',
  'rate-limited': ({ seconds }) => `The shop asked us to slow down. It will be tried again ${time(seconds)}.`,
  'breaker-open': () => 'The shop failed several times in a row and is left alone for a moment.',
  'unknown-outcome': () => 'The shop may or may not have taken the change. This is being found out.',
  timeout: () => 'The shop did not answer in time. Whether it took the change is being found out.',
  'connection-lost': () => 'The connection broke. Whether the shop took the change is being found out.',
  'odd-answer': () => 'The shop gave an answer that makes no sense. Whether it took the change is being found out.',
  unauthorized: () => 'The shop does not accept our key. Check the key in the settings of the shop.',
  'bad-request': () => 'The shop did not understand the request.',
  'not-configured': () => 'The shop is not set up completely. Check its settings.',
  'unknown-order': () => 'The shop has an order that Odoo does not know.',
  'lost-order': () => 'The shop no longer knows this order.',
  'loop-broken': () => 'This change came back to us again and again, so it was stopped.',
  // Odoo did not reach the target
  'stock-missing': () => 'There is not enough stock to do this in Odoo.',
  'goods-left': () => 'Goods have already left, so Odoo cannot take this back by itself.',
  'order-locked': () => 'The order is locked in Odoo.',
  'lot-needed': () => 'A lot or serial number is needed. A person has to enter it in Odoo.',
  'needs-person': () => 'Odoo asks a question that only a person can answer.',
  'odoo-refused': () => 'Odoo did not allow this change.',
}

export const REASON_CODES: readonly string[] = Object.keys(SENTENCES)

export function isReason(code: string): code is ReasonCode {
  return Object.hasOwn(SENTENCES, code)
}

/** Never throws: a code of a newer or older part still gets a sentence. */
export function sentence(code: string, params: SentenceParams = {}): string {
  return isReason(code) ? SENTENCES[code](params) : `Something happened that has no description here (${code}).`
}

const INPUT_NAMES: Readonly<Record<InputName, string>> = {
  buyer_code: "the buyer's code",
  cancel_reason: 'a reason for the cancellation',
}

function inputNames(inputs: readonly InputName[] = []): string {
  return inputs.length === 0 ? 'more information' : inputs.map((name) => INPUT_NAMES[name]).join(' and ')
}

const word = (status: string | undefined) => (status ? `"${status}"` : 'this status')

const time = (seconds: number | undefined) =>
  seconds === undefined ? 'later' : `in ${Math.max(1, Math.ceil(seconds))} s`
