import { expect, test } from 'vitest'
import { change, clock, entry, store } from './helpers.ts'

const waitingRefs = (world: ReturnType<typeof store>, limit = 100) =>
  world.waitingInbox(clock.iso(), limit).map((row) => `${row.ref} ${row.change.status}`)

test('a change is kept whole, and waits', async () => {
  const world = store()
  const told = change('A', 'cancelled', { reason: 'buyer changed his mind', needs: { delivered: ['buyer_code'] } })
  const [answer] = await world.receive([entry('A', 'cancelled', { change: told })])
  expect(answer).toEqual({ id: '1', isNew: true })
  expect(world.waitingInbox(clock.iso(), 10)).toEqual([
    {
      id: '1',
      shop: '1',
      ref: 'A',
      source: 'webhook',
      change: told,
      state: 'waiting',
      outcome: null,
      detail: '',
      attempts: 0,
      receivedAt: clock.iso(),
      dueAt: clock.iso(),
    },
  ])
})

test('a short message that does not say who delivers or what is needed is kept as it is', async () => {
  const world = store()
  const told = change('A', 'approved', { fulfilledBy: null, needs: null })
  await world.receive([entry('A', 'approved', { change: told })])
  expect(world.waitingInbox(clock.iso(), 10)[0]?.change).toEqual(told)
})

test('the same delivery twice is one row, also within one call and after it was dealt with', async () => {
  const world = store()
  const twice = await world.receive([entry('A', 'approved'), entry('A', 'approved')])
  expect(twice).toEqual([
    { id: '1', isNew: true },
    { id: '1', isNew: false },
  ])
  await world.closeInbox(['1'], 'applied', '')
  expect(await world.receive([entry('A', 'approved')])).toEqual([{ id: '1', isNew: false }])
  expect(world.counts().waitingInbox).toBe(0)
})

test('a status that comes back after another one is news', async () => {
  const world = store()
  const answers = await world.receive([entry('A', 'pending'), entry('A', 'editing'), entry('A', 'pending')])
  expect(answers.map((answer) => answer.isNew)).toEqual([true, true, true])
  expect(world.newestInbox('1', 'A')?.id).toBe('3')
})

test('the same reference in another shop is another order', async () => {
  const world = store()
  await world.receive([entry('A', 'pending'), entry('A', 'pending', { shop: '2' })])
  expect(world.counts().waitingInbox).toBe(2)
  expect(world.newestInbox('3', 'A')).toBeNull()
})

test('rows are handed out in the order in which they came, up to the limit', async () => {
  const world = store()
  await world.receive([entry('C', 'x'), entry('A', 'x'), entry('B', 'x')])
  expect(waitingRefs(world)).toEqual(['C x', 'A x', 'B x'])
  expect(waitingRefs(world, 2)).toEqual(['C x', 'A x'])
})

test('a held row comes back at its time, and remembers that it was tried', async () => {
  const world = store()
  await world.receive([entry('A', 'x')])
  await world.holdInbox(['1'], 'waiting', new Date(clock.now() + 5000).toISOString(), 'Odoo was busy')
  expect(waitingRefs(world)).toEqual([])
  clock.advance(5000)
  expect(world.waitingInbox(clock.iso(), 10)).toMatchObject([{ attempts: 1, detail: 'Odoo was busy' }])
})

test('fresh news is due at once even when the clock is set back', async () => {
  const world = store()
  await world.receive([entry('A', 'x')])
  clock.advance(-3_600_000)
  expect(waitingRefs(world)).toEqual(['A x'])
})

test('an older row that waits for a retry comes along with newer news, so that it cannot come after it', async () => {
  const world = store()
  await world.receive([entry('A', 'approved')])
  await world.holdInbox(['1'], 'waiting', new Date(clock.now() + 60_000).toISOString(), '')
  await world.receive([entry('A', 'delivered')])
  expect(waitingRefs(world)).toEqual(['A approved', 'A delivered'])
})

test('an order that Odoo does not know is kept and shown, once, with its latest news', async () => {
  const world = store()
  await world.receive([entry('A', 'pending'), entry('B', 'pending'), entry('A', 'approved')])
  await world.holdInbox(['1', '2', '3'], 'unknown-order', clock.iso(), 'Odoo does not know this order')
  expect(waitingRefs(world)).toEqual([])
  expect(world.unknownOrders('1').map((row) => `${row.ref} ${row.change.status}`)).toEqual(['A approved', 'B pending'])
  expect(world.unknownOrders('2')).toEqual([])
  expect(world.counts()).toMatchObject({ waitingInbox: 0, unknownOrders: 2 })
  expect(world.inboxOf('1', 'A', 'unknown-order').map((row) => row.id)).toEqual(['1', '3'])
})

test('a row ends in exactly one outcome: what is closed stays as it is', async () => {
  const world = store()
  await world.receive([entry('A', 'x')])
  await world.closeInbox(['1'], 'applied', 'done')
  await world.closeInbox(['1'], 'failed', 'late')
  await world.holdInbox(['1'], 'waiting', clock.iso(), 'late')
  expect(world.newestInbox('1', 'A')).toMatchObject({
    state: 'closed',
    outcome: 'applied',
    detail: 'done',
    attempts: 0,
  })
})
