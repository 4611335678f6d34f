import { expect, test } from 'vitest'
import type { AckItem, ApplyItem, LogRow } from '../../sidecar/src/odoo/wire.ts'
import { StoreError } from '../../sidecar/src/store/index.ts'
import { clock, link, operation, store } from './helpers.ts'

const log: LogRow = {
  at: clock.iso(),
  direction: 'out',
  operation: 'op',
  attempt: 1,
  trigger: 'delivery_done',
  user: 'Mitchell',
  base: 'approved = sale/ready',
  ours: 'sale/done',
  theirs: 'approved',
  rule: 'ours-changed',
  sent: 'shipped',
  answer: 'ok',
  code: '',
  duration_ms: 12.5,
  outcome: 'sent',
  hops: 0,
}
const ack: AckItem = {
  link: '11',
  rows: ['901'],
  outcome: 'sent',
  operation: 'op',
  state: 'synced',
  reason: '',
  detail: '',
  next_try: '',
  version: '902',
  base: { status: 'shipped', order: 'sale', delivery: 'done' },
  theirs: 'shipped',
  sent: [],
  log: [log],
}
const apply: ApplyItem = {
  operation: 'op',
  link: '11',
  version: '902',
  status: 'cancelled',
  status_label: 'Cancelled',
  actor: 'buyer',
  reason: '',
  target: { order: 'cancel', delivery: 'cancel' },
  log,
}

test('an operation comes back exactly as it was recorded', async () => {
  const world = store()
  const full = operation({ ack, apply, inbox: '7' })
  const bare = operation({ link: '12', base: null, agreed: null, theirs: null, inputs: {} })
  await world.record(full)
  await world.record(bare)
  expect(world.openOperations()).toEqual([full, bare])
  expect(world.openOperation('12')).toEqual(bare)
  expect(world.openOperation('13')).toBeNull()
})

test('a patch changes what it names and nothing else, and can clear what was set', async () => {
  const world = store()
  const one = operation()
  await world.record(one)
  await world.update(one.id, { state: 'sending', step: 1, path: ['delivered'] })
  await world.update(one.id, { ack, theirs: null })
  await world.update(one.id, { ack: null })
  await world.update(one.id, {})
  await world.update(one.id, { reason: undefined })
  expect(world.operation(one.id)).toEqual({ ...one, state: 'sending', step: 1, path: ['delivered'], theirs: null })
})

test('a patch for an operation that does not exist is an error, not silence', async () => {
  const world = store()
  await expect(world.update('nobody', { step: 1 })).rejects.toMatchObject({ fault: 'missing' })
})

test('the same operation is recorded once', async () => {
  const world = store()
  const one = operation()
  await world.record(one)
  await expect(world.record(one)).rejects.toBeInstanceOf(StoreError)
})

test('what is closed is no longer open, and closing again is harmless', async () => {
  const world = store()
  const [one, two] = [operation(), operation({ link: '12' })]
  await Promise.all([world.record(one), world.record(two)])
  expect(world.counts().openOperations).toBe(2)
  await world.closeOperations([one.id, 'nobody'])
  await world.closeOperations([one.id])
  expect(world.openOperations()).toEqual([two])
  expect(world.openOperation('11')).toBeNull()
  expect(world.counts().openOperations).toBe(1)
  expect(world.operation(one.id)?.state).toBe('closed')
  expect(world.newestOperation()).toBe(two.id)
})

test('attempts are told in the order in which they were made', async () => {
  const world = store()
  const one = operation()
  await world.record(one)
  const attempt = {
    operation: one.id,
    at: clock.iso(),
    to: 'shipped',
    outcome: 'retry',
    code: '429',
    answer: 'slow down',
  }
  await world.attempt({ ...attempt, number: 1, durationMs: 11.6 })
  await world.attempt({ ...attempt, number: 2, durationMs: 3 })
  expect(world.attemptsOf(one.id)).toEqual([
    { ...attempt, number: 1, durationMs: 12 },
    { ...attempt, number: 2, durationMs: 3 },
  ])
  expect(world.attemptsOf('nobody')).toEqual([])
})

test('links are found by id and by reference, and the newest word counts', async () => {
  const world = store()
  await world.putLinks([link(), link({ id: '12', ref: 'B' })])
  const fresh = link({ version: '903', base: { status: 'x', pair: { order: 'sale', delivery: 'done' } }, sent: ['x'] })
  await world.putLinks([fresh])
  expect(world.link('11')).toEqual(fresh)
  expect(world.linkByRef('1', 'A')).toEqual(fresh)
  expect(world.linkByRef('2', 'A')).toBeNull()
})

test('a link that was made anew in Odoo takes the place of the old one', async () => {
  const world = store()
  await world.putLinks([link()])
  await world.putLinks([link({ id: '99' })])
  expect(world.link('11')).toBeNull()
  expect(world.linkByRef('1', 'A')?.id).toBe('99')
})

test('links can be forgotten, as Odoo holds them', async () => {
  const world = store()
  await world.putLinks([link()])
  await world.forgetLinks()
  expect(world.link('11')).toBeNull()
})
