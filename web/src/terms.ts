/**
 * Codes to sentences a person reads, in the person's language. Each sentence is a literal, where the export of Odoo finds it.
 * The table is complete by type: a reason without its sentence does not compile.
 */
import { _t } from '@web/core/l10n/translation'
import type { ReasonCode } from '../../sidecar/src/core/reasons.ts'
import type { Badge, BadgeState } from './badge.ts'

const LABELS: Readonly<Record<BadgeState, () => string>> = {
  not_linked: () => _t('Not linked'),
  pending: () => _t('Pending'),
  syncing: () => _t('Syncing'),
  synced: () => _t('Synced'),
  failed: () => _t('Failed'),
  conflict: () => _t('Conflict'),
}

const STATE_SENTENCES: Readonly<Record<BadgeState, () => string>> = {
  not_linked: () => _t('This record is not linked to a shop.'),
  pending: () => _t('The change waits to be sent to the shop.'),
  syncing: () => _t('The change is on its way to the shop.'),
  synced: () => _t('Odoo and the shop agree.'),
  failed: () => _t('The change could not be carried out. The sync log tells more.'),
  conflict: () => _t('Odoo and the shop disagree, and a person has to choose.'),
}

const REASONS: Readonly<Record<ReasonCode, () => string>> = {
  agreed: () => _t('Odoo and the shop agree.'),
  unchanged: () => _t('Nothing changed that the shop would notice.'),
  kept: () => _t('This change says nothing about the other side, so nothing was sent or changed.'),
  'own-echo': () => _t('The shop told us about our own change.'),
  'late-event': () => _t('The shop told us about an older state; it was left aside.'),
  'fulfilled-by-shop': () => _t('The shop delivers this order itself, so this change is not sent.'),
  'not-owner': () => _t('Another shop leads this order, so this change does not move Odoo.'),
  'skipped-by-caller': () => _t('The program that made this change asked not to send it.'),
  'both-changed': () => _t('Odoo and the shop both changed. Choose which one is right.'),
  'stale-version': () => _t('The order changed in Odoo meanwhile. Look at it again.'),
  'business-rule': () => _t('A rule of Odoo does not allow this change. A person has to look.'),
  'unmapped-pair': () => _t('The mapping has no status for what this order says now. A person has to look.'),
  'unmapped-status': () => _t('The mapping does not say what this status means in Odoo. A person has to look.'),
  'illegal-transition': () => _t('The shop does not allow this step from where the order stands.'),
  'data-mismatch': () =>
    _t('The order differs between Odoo and the shop in more than its status. A person has to look.'),
  'input-needed': () => _t('The shop needs more information first. Fill it in on the order.'),
  'buyer-editing': () => _t('The buyer is changing this order in the shop. Wait until the buyer is done.'),
  'status-not-settable': () => _t('The shop does not take this status from us. Set it in the shop.'),
  'unknown-status': () => _t('The shop sent a status which this connector does not know.'),
  sent: () => _t('The shop has the change.'),
  applied: () => _t('Odoo has the change.'),
  folded: () => _t('Several changes were folded into one.'),
  waiting: () => _t('Waiting for its turn.'),
  'next-try': () => _t('It will be tried again.'),
  busy: () => _t('Odoo is working on this order right now. It will be tried again.'),
  paused: () => _t('Synchronisation is paused. The change waits.'),
  'sending-off': () => _t('Sending is switched off for this shop. The change waits.'),
  'receiving-off': () => _t('Receiving is switched off for this shop.'),
  'shop-unreachable': () => _t('The shop cannot be reached. It will be tried again.'),
  'shop-error': () => _t('The shop answered with an error.'),
  'rate-limited': () => _t('The shop asked us to slow down. It will be tried again.'),
  'breaker-open': () => _t('The shop failed several times in a row and is left alone for a moment.'),
  'unknown-outcome': () => _t('The shop may or may not have taken the change. This is being found out.'),
  timeout: () => _t('The shop did not answer in time. Whether it took the change is being found out.'),
  'connection-lost': () => _t('The connection broke. Whether the shop took the change is being found out.'),
  'odd-answer': () => _t('The shop gave an answer that makes no sense. Whether it took the change is being found out.'),
  unauthorized: () => _t('The shop does not accept our key. Check the key in the settings of the shop.'),
  'bad-request': () => _t('The shop did not understand the request.'),
  'not-configured': () => _t('The shop is not set up completely. Check its settings.'),
  'unknown-order': () => _t('The shop has an order that Odoo does not know.'),
  'lost-order': () => _t('The shop no longer knows this order.'),
  'loop-broken': () => _t('This change came back to us again and again, so it was stopped.'),
  'stock-missing': () => _t('There is not enough stock to do this in Odoo.'),
  'goods-left': () => _t('Goods have already left, so Odoo cannot take this back by itself.'),
  'order-locked': () => _t('The order is locked in Odoo.'),
  'lot-needed': () => _t('A lot or serial number is needed. A person has to enter it in Odoo.'),
  'needs-person': () => _t('Odoo asks a question that only a person can answer.'),
  'odoo-refused': () => _t('Odoo did not allow this change.'),
}

export const label = (state: BadgeState): string => LABELS[state]()

/** How it came to agree is for the log: a person wants to read that it does. */
const QUIET: ReadonlySet<string> = new Set(['unchanged', 'own-echo', 'late-event', 'sent', 'applied', 'folded', 'kept'])

/** Why the badge says what it says. A code of a newer server still gets its English sentence, or the state's own. */
export function sentence(badge: Badge): string {
  const isQuiet = badge.reason === '' || (badge.state === 'synced' && QUIET.has(badge.reason))
  if (isQuiet) return STATE_SENTENCES[badge.state]()
  const code = badge.reason
  return isReason(code) ? REASONS[code]() : badge.detail || STATE_SENTENCES[badge.state]()
}

function isReason(code: string): code is ReasonCode {
  return Object.hasOwn(REASONS, code)
}

/** "" when nothing is planned, or its time has passed. */
export function nextTry(badge: Badge): string {
  const when = clock(badge.nextTry)
  return badge.state === 'pending' && when !== '' ? _t('Next try %s', when) : ''
}

export function lastSynced(badge: Badge): string {
  const when = clock(badge.lastSynced)
  return when === '' ? '' : _t('Last synced %s', when)
}

/** The time of today; otherwise the day with it. */
function clock(iso: string): string {
  const time = luxon.DateTime.fromISO(iso)
  if (iso === '' || !time.isValid) return ''
  const isToday = time.hasSame(luxon.DateTime.now(), 'day')
  return time.toLocaleString(isToday ? luxon.DateTime.TIME_SIMPLE : luxon.DateTime.DATETIME_MED)
}
