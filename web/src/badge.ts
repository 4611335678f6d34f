/**
 * What a badge says, and which of two accounts of the same link is the newer one.
 * Pure: no clock, no call, no import from Odoo, so that the rules can be tested as they are.
 */

export const STATES = ['not_linked', 'pending', 'syncing', 'synced', 'failed', 'conflict'] as const
export type BadgeState = (typeof STATES)[number]

export interface Badge {
  readonly link: string
  /** The highest outbox id of the link, a decimal string. */
  readonly version: string
  readonly state: BadgeState
  readonly reason: string
  /** The server's sentence in English, for a reason that has no translation here. */
  readonly detail: string
  readonly shop: string
  readonly shopStatus: string
  /** ISO times in UTC, or "". */
  readonly nextTry: string
  readonly lastSynced: string
  /** When the newest message about this link was made, in milliseconds; 0: only a record was read. */
  readonly at: number
  /** False after a message: state and reason are new, all else is to be read. */
  readonly isComplete: boolean
}

/** One entry of a bus message: it names no order and tells no detail. */
export interface News {
  readonly link: string
  readonly version: string
  readonly state: BadgeState
  readonly reason: string
  readonly at: number
}

export interface Face {
  readonly colour: string
  /** Each state has its own sign, so that colour is never the only one. */
  readonly icon: string
}

export const FACES: Readonly<Record<BadgeState, Face>> = {
  not_linked: { colour: 'text-bg-light', icon: 'fa-chain-broken' },
  pending: { colour: 'text-bg-secondary', icon: 'fa-clock-o' },
  syncing: { colour: 'text-bg-info', icon: 'fa-refresh' },
  synced: { colour: 'text-bg-success', icon: 'fa-check' },
  failed: { colour: 'text-bg-danger', icon: 'fa-exclamation-triangle' },
  conflict: { colour: 'text-bg-warning', icon: 'fa-question-circle' },
}

const RANK: Readonly<Record<BadgeState, number>> = {
  not_linked: 0,
  pending: 1,
  syncing: 2,
  synced: 3,
  failed: 3,
  conflict: 3,
}

export const isSettled = (state: BadgeState): boolean => RANK[state] === 3

/** A state that a person may want explained. */
export const isTroubled = ({ state, reason }: Pick<Badge, 'state' | 'reason'>): boolean =>
  state === 'failed' || state === 'conflict' || (state === 'pending' && reason !== '')

/** The field's value as Odoo sends it; null when the record is not linked. */
export function parseBadge(value: unknown): Badge | null {
  const link = decimal(entry(value, 'link'))
  if (link === '' || link === '0') return null
  return {
    link,
    version: decimal(entry(value, 'version')) || '0',
    state: stateOf(entry(value, 'state')),
    reason: text(entry(value, 'reason')),
    detail: text(entry(value, 'detail')),
    shop: text(entry(value, 'shop')),
    shopStatus: text(entry(value, 'shop_status')),
    nextTry: time(entry(value, 'next_try')),
    lastSynced: time(entry(value, 'last_synced')),
    at: 0,
    isComplete: true,
  }
}

export function parseBadges(value: unknown): readonly Badge[] {
  return list(value)
    .map(parseBadge)
    .filter((badge) => badge !== null)
}

/** A message that is not understood says nothing. */
export function parseNews(payload: unknown): readonly News[] {
  return list(entry(payload, 'badges'))
    .map(parseOne)
    .filter((news) => news !== null)
}

function parseOne(value: unknown): News | null {
  const badge = parseBadge(value)
  if (badge === null) return null
  const { link, version, state, reason } = badge
  return { link, version, state, reason, at: Date.parse(time(entry(value, 'at'))) || 0 }
}

/**
 * A message about a link. Messages may come late and in any order: an older version is ignored, and so is "on its way" after
 * the end of the same version was seen.
 */
export function hear(known: Badge, news: News): Badge {
  const order = compareDecimals(news.version, known.version)
  if (order < 0 || (order === 0 && (news.at < known.at || goesBack(known, news)))) return known
  const isSame = order === 0 && news.state === known.state && news.reason === known.reason
  const told = { version: news.version, state: news.state, reason: news.reason, at: news.at }
  return isSame ? { ...known, ...told } : { ...known, ...told, detail: '', nextTry: '', isComplete: false }
}

/** "On its way" said later than the end: tried again, or a look at Odoo from before the end. Only reading the link tells. */
export const isDoubtful = (known: Badge, news: News): boolean =>
  news.version === known.version && news.at > known.at && goesBack(known, news)

const goesBack = (known: Badge, news: News): boolean => isSettled(known.state) && !isSettled(news.state)

/**
 * A record or an answer that was read. `isFresh`: asked for after the newest message had come, so it knows at least as much.
 * Otherwise a message may have overtaken it, and of two equal versions the one further on its way is right.
 */
export function read(known: Badge | undefined, badge: Badge, isFresh: boolean): Badge {
  if (known === undefined) return badge
  const order = compareDecimals(badge.version, known.version)
  const isBehind = order < 0 || (order === 0 && !isFresh && RANK[badge.state] < RANK[known.state])
  return isBehind ? known : { ...badge, at: order === 0 ? known.at : 0 }
}

/** Decimal strings of any length: ids outlive what a number holds. */
export function compareDecimals(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a === b ? 0 : a < b ? -1 : 1
}

function stateOf(value: unknown): BadgeState {
  return STATES.find((state) => state === value) ?? 'pending'
}

function entry(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function decimal(value: unknown): string {
  const written = typeof value === 'number' ? String(value) : text(value)
  return /^\d+$/.test(written) ? written.replace(/^0+(?=\d)/, '') : ''
}

/** Odoo writes "2026-11-21 06:47:12" where the wire writes ISO; both are UTC. */
function time(value: unknown): string {
  const written = text(value).replace(' ', 'T')
  if (Number.isNaN(Date.parse(written))) return ''
  return /(Z|[+-]\d\d:\d\d)$/.test(written) ? written : `${written}Z`
}
