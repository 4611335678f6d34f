import { describe, expect, test } from 'vitest'
import {
  type Badge,
  type BadgeState,
  compareDecimals,
  FACES,
  hear,
  isDoubtful,
  isSettled,
  isTroubled,
  type News,
  parseBadge,
  parseBadges,
  parseNews,
  read,
  STATES,
} from '../../web/src/badge.ts'

const known = (patch: Partial<Badge> = {}): Badge => ({
  link: '7',
  version: '100',
  state: 'pending',
  reason: '',
  detail: '',
  shop: 'Cairo',
  shopStatus: 'Approved',
  nextTry: '',
  lastSynced: '',
  at: 1000,
  isComplete: true,
  ...patch,
})

const news = (state: BadgeState, patch: Partial<News> = {}): News => ({
  link: '7',
  version: '100',
  state,
  reason: '',
  at: 2000,
  ...patch,
})

describe('what Odoo sends becomes a badge', () => {
  test('all that the field tells', () => {
    const value = {
      link: '7',
      version: '9007199254740993',
      state: 'failed',
      reason: 'unauthorized',
      detail: 'The shop said no.',
      shop: 'Cairo',
      shop_status: 'Approved',
      next_try: '2026-11-21T09:09:00.000Z',
      last_synced: '2026-11-21 06:47:12',
    }
    expect(parseBadge(value)).toEqual({
      link: '7',
      version: '9007199254740993',
      state: 'failed',
      reason: 'unauthorized',
      detail: 'The shop said no.',
      shop: 'Cairo',
      shopStatus: 'Approved',
      nextTry: '2026-11-21T09:09:00.000Z',
      lastSynced: '2026-11-21T06:47:12Z',
      at: 0,
      isComplete: true,
    })
  })

  test.each([[{}], [false], [null], [undefined], ['x'], [{ link: 0 }], [{ link: 'abc' }]])(
    '%j is a record without a link',
    (value) => {
      expect(parseBadge(value)).toBeNull()
    },
  )

  test('a number is as good as a decimal string', () => {
    expect(parseBadge({ link: 7, version: 100, state: 'synced' })).toMatchObject({ link: '7', version: '100' })
  })

  test('a state of a newer server is shown as pending rather than as nothing', () => {
    expect(parseBadge({ link: 7, state: 'dreaming' })?.state).toBe('pending')
  })

  test('times that are none are left out', () => {
    expect(parseBadge({ link: 7, next_try: false, last_synced: 'soon' })).toMatchObject({ nextTry: '', lastSynced: '' })
  })

  test('a list keeps what can be read', () => {
    expect(parseBadges([{ link: 1 }, {}, 'x', { link: 2 }]).map(({ link }) => link)).toEqual(['1', '2'])
    expect(parseBadges('nothing')).toEqual([])
  })

  test('a message that cannot be read says nothing', () => {
    expect(
      parseNews({ badges: [{ link: '7', version: '1', state: 'synced', at: '2026-11-21T00:00:00.250Z' }, {}] }),
    ).toEqual([{ link: '7', version: '1', state: 'synced', reason: '', at: Date.UTC(2026, 10, 21, 0, 0, 0, 250) }])
    expect(parseNews({})).toEqual([])
    expect(parseNews(null)).toEqual([])
  })
})

describe('messages may come late, twice and in any order', () => {
  test('a higher version always wins, even when its clock is behind', () => {
    expect(hear(known({ state: 'synced' }), news('pending', { version: '101', at: 1 })).state).toBe('pending')
  })

  test('a lower version never does', () => {
    const badge = known()
    expect(hear(badge, news('synced', { version: '99' }))).toBe(badge)
  })

  test('versions are compared as numbers, however long', () => {
    expect(hear(known({ version: '9' }), news('synced', { version: '10' })).state).toBe('synced')
    expect(compareDecimals('9007199254740993', '9007199254740992')).toBeGreaterThan(0)
    expect(compareDecimals('100', '100')).toBe(0)
  })

  test.each(['synced', 'failed', 'conflict'] as const)('"on its way" does not take back %s', (state) => {
    const badge = known({ state })
    for (const late of ['pending', 'syncing'] as const) {
      expect(hear(badge, news(late, { at: 1000 }))).toBe(badge)
      expect(hear(badge, news(late, { at: 999 }))).toBe(badge)
    }
  })

  test('"on its way" said after the end is tried again or a mistake: it is doubted, and only reading tells', () => {
    const badge = known({ state: 'failed' })
    expect(hear(badge, news('syncing', { at: 1001 }))).toBe(badge)
    expect(isDoubtful(badge, news('syncing', { at: 1001 }))).toBe(true)
    expect(isDoubtful(badge, news('syncing', { at: 1000 }))).toBe(false)
    expect(isDoubtful(badge, news('synced', { at: 1001 }))).toBe(false)
    expect(isDoubtful(badge, news('pending', { at: 1001, version: '101' }))).toBe(false)
  })

  test('of two ends the one said last stands', () => {
    expect(hear(known({ state: 'failed' }), news('synced', { at: 1001 })).state).toBe('synced')
    expect(hear(known({ state: 'synced' }), news('failed', { at: 999 })).state).toBe('synced')
  })

  test('any order of the same messages ends the same', () => {
    const story = [
      news('pending', { at: 1 }),
      news('syncing', { at: 2 }),
      news('synced', { at: 3 }),
      news('pending', { at: 4, version: '101' }),
      news('failed', { at: 5, version: '101', reason: 'shop-error' }),
    ]
    for (const order of permutations(story)) {
      const end = order.reduce(hear, known({ at: 0, version: '99' }))
      expect(end).toMatchObject({ state: 'failed', version: '101', reason: 'shop-error' })
    }
  })

  test('what the message does not tell is marked as not known, and words of the old state are dropped', () => {
    const before = known({ state: 'failed', reason: 'shop-error', detail: 'Boom.', nextTry: '2026-11-21T09:00:00Z' })
    const after = hear(before, news('synced'))
    expect(after).toMatchObject({ shop: 'Cairo', detail: '', nextTry: '', isComplete: false })
  })

  test('the same news again keeps what is known', () => {
    const before = known({ state: 'failed', reason: 'shop-error', detail: 'Boom.' })
    expect(hear(before, news('failed', { reason: 'shop-error' }))).toMatchObject({ detail: 'Boom.', isComplete: true })
  })
})

describe('a record that was read', () => {
  test('is all there is at first', () => {
    const badge = known()
    expect(read(undefined, badge, false)).toBe(badge)
  })

  test('wins with a newer version and loses with an older one', () => {
    expect(read(known({ state: 'synced' }), known({ version: '101' }), false).state).toBe('pending')
    expect(read(known({ state: 'synced' }), known({ version: '99', state: 'failed' }), true).state).toBe('synced')
  })

  test('may have been overtaken by a message: the one further on its way is right', () => {
    expect(read(known({ state: 'synced' }), known({ state: 'pending' }), false).state).toBe('synced')
    expect(read(known({ state: 'syncing' }), known({ state: 'pending' }), false).state).toBe('syncing')
    expect(read(known({ state: 'syncing' }), known({ state: 'synced' }), false).state).toBe('synced')
  })

  test('is right when it was asked for after the newest message', () => {
    expect(read(known({ state: 'failed' }), known({ state: 'pending' }), true).state).toBe('pending')
  })

  test('brings what messages do not tell, and keeps when the newest one was made', () => {
    const told = hear(known(), news('synced'))
    const whole = read(told, known({ state: 'synced', shopStatus: 'Shipped', at: 0 }), true)
    expect(whole).toMatchObject({ shopStatus: 'Shipped', isComplete: true, at: 2000 })
  })
})

test('every state has a sign of its own, so colour is never the only one', () => {
  expect(new Set(STATES.map((state) => FACES[state].icon)).size).toBe(STATES.length)
  expect(new Set(STATES.map((state) => FACES[state].colour)).size).toBe(STATES.length)
})

test('what is settled and what wants explaining', () => {
  expect(STATES.filter(isSettled)).toEqual(['synced', 'failed', 'conflict'])
  expect(isTroubled({ state: 'pending', reason: '' })).toBe(false)
  expect(isTroubled({ state: 'pending', reason: 'shop-unreachable' })).toBe(true)
  expect(isTroubled({ state: 'synced', reason: 'agreed' })).toBe(false)
})

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length < 2) return [items]
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}
