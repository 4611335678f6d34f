import { expect, test } from 'vitest'
import { handClock } from '../../sidecar/src/lib/clock.ts'
import { createIds, isId } from '../../sidecar/src/lib/id.ts'

const clock = () => handClock('2026-11-21T06:47:12.345Z')

test('ids sort in the order in which they were made, within one millisecond and across them', () => {
  const time = clock()
  const ids = createIds({ clock: time })
  const made = Array.from({ length: 2000 }, (_, i) => {
    if (i % 7 === 0) time.advance(1)
    return ids.next()
  })
  expect([...made].sort()).toEqual(made)
  expect(new Set(made).size).toBe(made.length)
  expect(made.every(isId)).toBe(true)
})

test('a clock that is set back makes no older id', () => {
  const time = clock()
  const ids = createIds({ clock: time })
  const before = ids.next()
  time.advance(-3_600_000)
  expect(ids.next() > before).toBe(true)
})

test('nor does a clock that is set back over a restart', () => {
  const time = clock()
  const before = createIds({ clock: time }).next()
  time.advance(-3_600_000)
  expect(createIds({ clock: time, after: before }).next() > before).toBe(true)
})

test('a full count moves on to the next millisecond', () => {
  const ids = createIds({ clock: clock(), random: (size) => new Uint8Array(size).fill(255) })
  const [first, second] = [ids.next(), ids.next()]
  expect(second > first).toBe(true)
  expect(second.slice(0, 10) > first.slice(0, 10)).toBe(true)
})

test('the same clock and the same chance give the same id', () => {
  const make = () => createIds({ clock: clock(), random: (size) => new Uint8Array(size).fill(3) }).next()
  expect(make()).toBe(make())
  expect(make()).toMatch(/3{16}$/)
})
