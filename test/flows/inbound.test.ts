import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type World, world } from './support/world.ts'

const DRAFT = { order: 'draft', delivery: 'none' } as const
const SALE = { order: 'sale', delivery: 'ready' } as const
const CANCEL = { order: 'cancel', delivery: 'cancel' } as const

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(async () => {
  expect(w.errors).toEqual([])
  await w.close()
})

const written = (ref: string) =>
  w.shop
    .order(ref)
    .history.filter((entry) => entry.actor === 'us')
    .map((entry) => entry.to)
const acknowledged = (ref: string) =>
  w.shop.calls.filter((call) => call.call === 'acknowledge' && call.ref === ref).length

describe('a change in the shop', () => {
  it('is carried out in Odoo once, and comes back as nothing', async () => {
    const link = await w.agreed('a', SALE, 'accepted')
    w.shop.setStatus('a', 'cancelled_by_buyer', { reason: 'changed my mind' })
    await w.odoo.until(() => link.applied.length > 0, 'the cancellation arrives')
    await w.rest()
    expect(link.applied).toEqual([CANCEL])
    expect(written('a')).toEqual([])
    expect(link).toMatchObject({ state: 'synced', base: { status: 'cancelled_by_buyer', ...CANCEL } })
  })

  it('is not acknowledged to the shop before two looks agree on it', async () => {
    await w.agreed('a')
    await w.odoo.until(() => acknowledged('a') > 0, 'the first acknowledgement')
    expect(w.shop.calls.filter((call) => call.call === 'poll').length).toBeGreaterThanOrEqual(2)
  })

  it('that changes again between the look and the acknowledgement is not hidden by it', async () => {
    const link = await w.agreed('a', SALE, 'accepted')
    let looks = 0
    w.shop.before = async (call) => {
      if (call !== 'poll' || w.shop.order('a').status !== 'shipped') return
      looks += 1
      // after the first look that brought "shipped", before the look that would let it be acknowledged
      if (looks === 2) w.shop.setStatus('a', 'received', { actor: 'shop' })
    }
    w.shop.setStatus('a', 'shipped', { actor: 'shop' })
    await w.odoo.until(() => link.applied.length === 2, 'both changes arrive')
    await w.rest()
    expect(link.base?.status).toBe('received')
  })

  it('our own writes come back as echoes, and are recognised', async () => {
    const link = await w.agreed('a')
    w.user(link, SALE, 'order_confirm')
    await w.odoo.until(
      () =>
        link.log.some(
          (row) => row.rule.includes('echo') || row.rule.includes('unchanged') || row.rule.includes('agreed'),
        ),
      'the echo is recorded',
    )
    await w.rest()
    expect(written('a')).toEqual(['accepted'])
    expect(link.applied).toEqual([])
  })

  it('on an order that Odoo does not know is kept, shown, not acknowledged, and applied once it is linked', async () => {
    w.shop.createOrder({ ref: 'stranger', number: '77', status: 'new' })
    await w.odoo.until(
      () => w.odoo.reports.some((report) => report.unknown_orders.some((order) => order.ref === 'stranger')),
      'the unknown order is shown',
    )
    expect(acknowledged('stranger')).toBe(0)
    const link = w.odoo.link({ shop: '1', ref: 'stranger', ours: DRAFT })
    w.wake(link)
    await w.odoo.until(() => link.state === 'synced' && acknowledged('stranger') > 0, 'it is in step and acknowledged')
    expect(link.base?.status).toBe('new')
  })

  it('that Odoo refuses becomes a conflict in Odoo’s own words, and is tried again after the next change in Odoo', async () => {
    const link = await w.agreed('a', SALE, 'accepted')
    w.odoo.applyRefusals.set(link.id, { code: 'stock-missing', detail: 'Not enough stock for "Desk".' })
    w.shop.setStatus('a', 'shipped', { actor: 'shop' })
    await w.odoo.until(() => link.state === 'conflict', 'the conflict is shown')
    expect(link).toMatchObject({ reason: 'stock-missing', detail: 'Not enough stock for "Desk".', theirs: 'shipped' })
    w.odoo.applyRefusals.clear()
    w.user(link, SALE, 'delivery_state')
    await w.rest()
    expect(link.applied).toEqual([{ order: 'sale', delivery: 'done' }])
    expect(link.state).toBe('synced')
  })

  it('decided on an old picture of Odoo is decided again on the fresh one', async () => {
    const link = await w.agreed('a', SALE, 'accepted')
    // a user's change whose wake was lost: the sidecar does not know of it yet
    w.odoo.change(link, { order: 'sale', delivery: 'done' }, 'delivery_done')
    w.shop.setStatus('a', 'cancelled_by_buyer')
    await w.odoo.until(() => link.state === 'conflict', 'the conflict is seen')
    expect(link.applied).toEqual([])
    expect(written('a')).toEqual([])
  })

  it('whose application is repeated after a crash is applied once', async () => {
    const link = await w.agreed('a', SALE, 'accepted')
    w.odoo.faults.push({ method: 'apply', fault: 'unknown', when: 'after' })
    w.shop.setStatus('a', 'cancelled_by_buyer')
    await w.odoo.until(() => link.applied.length > 0, 'it was applied, the answer was lost')
    await w.crash()
    await w.rest()
    expect(link.applied).toEqual([CANCEL])
    expect(link.state).toBe('synced')
  })

  it('waits durably while Odoo is down', async () => {
    const link = await w.agreed('a', SALE, 'accepted')
    for (let i = 0; i < 3; i += 1) w.odoo.faults.push({ method: 'apply', fault: 'unreachable', when: 'before' })
    w.shop.setStatus('a', 'cancelled_by_buyer')
    await w.odoo.until(() => link.applied.length > 0, 'it arrives when Odoo is back', 6000)
    await w.rest()
    expect(link.applied).toEqual([CANCEL])
  })
})

describe('a conflict', () => {
  const conflict = async () => {
    const link = await w.agreed('a', SALE, 'accepted')
    w.odoo.change(link, { order: 'sale', delivery: 'done' }, 'delivery_done')
    w.shop.setStatus('a', 'cancelled_by_buyer')
    await w.odoo.until(() => link.state === 'conflict', 'the conflict is seen')
    await w.rest()
    return link
  }

  it('answered with the shop’s version is applied to Odoo, once', async () => {
    const link = await conflict()
    w.odoo.row(link, 'answer_theirs')
    w.wake(link)
    await w.rest()
    expect(link.applied).toEqual([CANCEL])
    expect(link.state).toBe('synced')
  })

  it('answered with Odoo’s version, which the shop cannot take any more, stays a conflict and says why', async () => {
    const link = await conflict()
    w.odoo.row(link, 'answer_ours')
    w.wake(link)
    await w.rest()
    expect(link).toMatchObject({ state: 'conflict', reason: 'illegal-transition' })
    expect(written('a')).toEqual([])
  })

  it('is the same for one order as for a hundred: its neighbours go on', async () => {
    await conflict()
    const links = await Promise.all(Array.from({ length: 20 }, (_, index) => w.agreed(`n${index}`)))
    for (const link of links) w.user(link, SALE, 'order_confirm')
    await w.rest()
    expect(links.every((link) => link.state === 'synced')).toBe(true)
  })
})

describe('while a question is open', () => {
  it('a change made under skip_marketplace_sync is stored as skipped, and the question stays', async () => {
    const link = await w.agreed('a', SALE, 'accepted')
    w.odoo.change(link, { order: 'sale', delivery: 'done' }, 'delivery_done')
    w.shop.setStatus('a', 'cancelled_by_buyer')
    await w.odoo.until(() => link.state === 'conflict', 'the conflict is seen')
    await w.rest()
    w.user(link, { order: 'locked', delivery: 'done' }, 'order_lock', { skipped: true })
    await w.rest()
    expect(link.rows.at(-1)?.outcome).toBe('skipped')
    expect(link.state).toBe('conflict')
    expect(link.base?.status).toBe('accepted')
    expect(written('a')).toEqual([])
  })

  it('older news of the shop that arrive late do not make it look settled', async () => {
    const link = await w.agreed('a', SALE, 'accepted')
    w.odoo.applyRefusals.set(link.id, { code: 'stock-missing', detail: 'No stock.' })
    w.shop.setStatus('a', 'shipped', { actor: 'shop' })
    await w.odoo.until(() => link.state === 'conflict', 'the conflict is shown')
    await w.rest()
    const late = await w.engine.flow.shop('1')?.session.read?.('a', AbortSignal.timeout(1000))
    if (!late) throw new Error('the shop knows the order')
    const change = { ...late, status: 'accepted', digest: 'an older message' }
    await w.store.receive([{ shop: '1', source: 'webhook', change, receivedAt: new Date().toISOString() }])
    w.engine.inboxChanged()
    await w.rest()
    expect(link.state).toBe('conflict')
    expect(link.theirs).toBe('shipped')
  })
})
