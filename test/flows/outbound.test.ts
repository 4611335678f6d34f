import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ModelLink } from './support/model-odoo.ts'
import { type World, world } from './support/world.ts'

const SALE = { order: 'sale', delivery: 'ready' } as const
const DONE = { order: 'sale', delivery: 'done' } as const

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

/** Not the last row: an echo of the feed may have been noted meanwhile. */
const sentRow = (link: ModelLink) => link.log.find((row) => row.outcome === 'sent')

describe('a change in Odoo', () => {
  it('reaches the shop once, and Odoo hears that both agree', async () => {
    const link = await w.agreed('a')
    w.user(link, SALE, 'order_confirm')
    await w.rest()
    expect(written('a')).toEqual(['accepted'])
    expect(link).toMatchObject({ state: 'synced', theirs: 'accepted', base: { status: 'accepted', ...SALE } })
    expect(link.rows.at(-1)?.outcome).toBe('sent')
  })

  it('walks the legal steps when the shop takes no jump', async () => {
    const link = await w.agreed('a')
    w.user(link, DONE, 'delivery_done')
    await w.rest()
    expect(written('a')).toEqual(['accepted', 'shipped'])
    expect(sentRow(link)).toMatchObject({ sent: 'accepted > shipped', outcome: 'sent', trigger: 'delivery_done' })
  })

  it('is folded with the changes that came in the same moment, and says so', async () => {
    const link = await w.agreed('a')
    w.odoo.change(link, SALE, 'order_confirm')
    w.odoo.change(link, SALE, 'order_lines')
    w.user(link, DONE, 'delivery_done')
    await w.rest()
    expect(link.rows.slice(-3).map((row) => row.outcome)).toEqual(['folded', 'folded', 'sent'])
    expect(sentRow(link)?.answer).toContain('3 changes folded into 1')
  })

  it('that means the same to the shop sends nothing', async () => {
    const link = await w.agreed('a', SALE, 'accepted')
    w.user(link, { order: 'sale', delivery: 'waiting' }, 'delivery_state')
    await w.rest()
    expect(written('a')).toEqual([])
    expect(link.rows.at(-1)?.outcome).toBe('nothing')
    expect(link.state).toBe('synced')
  })

  it('made under skip_marketplace_sync is never sent, not even with a later change', async () => {
    const link = await w.agreed('a')
    w.user(link, SALE, 'order_confirm', { skipped: true })
    await w.rest()
    w.user(link, SALE, 'order_lines')
    await w.rest()
    expect(written('a')).toEqual([])
    expect(link.rows.at(-2)?.outcome).toBe('skipped')
  })

  it('of an order that the shop fulfils sends nothing', async () => {
    w.shop.createOrder({ ref: 'a', status: 'accepted', fulfilledBy: 'shop' })
    const link = w.odoo.link({ shop: '1', ref: 'a', ours: SALE, theirs: 'accepted', fulfilledBy: 'shop' })
    w.wake(link)
    await w.rest()
    w.user(link, DONE, 'delivery_done')
    await w.rest()
    expect(written('a')).toEqual([])
  })

  it('of an order that the shop fulfils sends nothing, also after a message too short to say who delivers', async () => {
    // not in the feed: the short message is all that we hear
    w.shop.createOrder({ ref: 'a', status: 'accepted', fulfilledBy: 'shop' }).acknowledged = true
    const link = w.odoo.link({ shop: '1', ref: 'a', ours: SALE, theirs: 'accepted', fulfilledBy: 'shop' })
    w.wake(link)
    await w.rest()
    const short = { fulfilledBy: null, needs: null, reason: '', changedAt: '', digest: 'short' }
    const change = { ref: 'a', number: 'a', status: 'accepted', ...short }
    await w.store.receive([{ shop: '1', source: 'webhook', change, receivedAt: new Date().toISOString() }])
    w.user(link, DONE, 'delivery_done')
    w.engine.inboxChanged()
    await w.rest()
    expect(w.store.counts().waitingInbox).toBe(0)
    expect(written('a')).toEqual([])
  })

  it('of an order that the link takes for ours sends nothing once the shop said that it delivers, and Odoo hears of it', async () => {
    w.shop.createOrder({ ref: 'a', status: 'accepted', fulfilledBy: 'shop' })
    const link = w.odoo.link({ shop: '1', ref: 'a', ours: SALE, theirs: 'accepted' })
    w.wake(link)
    await w.odoo.until(() => link.fulfilledBy === 'shop', 'the link says who delivers')
    w.user(link, DONE, 'delivery_done')
    await w.rest()
    expect(written('a')).toEqual([])
  })

  it('is found by the sweep when its wake was lost', async () => {
    const link = await w.agreed('a')
    w.odoo.change(link, SALE, 'order_confirm')
    await w.engine.sweepNow()
    await w.rest()
    expect(written('a')).toEqual(['accepted'])
  })

  it('is sent once when the wake and the sweep bring it at the same time, again and again', async () => {
    const link = await w.agreed('a')
    w.user(link, SALE, 'order_confirm')
    void w.engine.sweepNow()
    w.wake(link)
    await w.rest()
    w.wake(link)
    await w.rest()
    expect(w.shop.calls.filter((call) => call.call === 'push')).toHaveLength(1)
  })
})

describe('a wake', () => {
  it('of a copy of the database sends nothing and looks at nothing', async () => {
    const link = await w.agreed('a')
    const before = w.odoo.calls.length
    w.odoo.change(link, SALE, 'order_confirm')
    w.odoo.fingerprint = 'a copy'
    w.wake(link)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(written('a')).toEqual([])
    expect(w.odoo.calls.slice(before)).not.toContain('claim')
  })

  it('of a process that is not the paired one is not believed: the paired address is asked', async () => {
    const link = await w.agreed('a')
    const snapshot = w.odoo.snapshot(link)
    w.engine.wake({
      protocol: 1,
      epoch: 'e1',
      uuid: 'u1',
      fingerprint: 'f1',
      instance: 'another process',
      links: [
        {
          ...snapshot,
          version: '99',
          ours: SALE,
          rows: [{ id: '99', cause: 'order_confirm', user: '2', origin: '', hops: 0, skipped: false, at: '' }],
        },
      ],
    })
    await w.odoo.until(() => w.odoo.calls.at(-1) === 'claim', 'a claim at the paired address')
    await w.rest()
    expect(written('a')).toEqual([])
  })
})

describe('when the shop', () => {
  it('is down, the change waits, the badge says so, and it arrives once', async () => {
    const link = await w.agreed('a')
    w.shop.faults.push('unreachable', 'server-error', 'unreachable')
    w.user(link, SALE, 'order_confirm')
    await w.odoo.until(() => link.reason === 'shop-unreachable' && link.nextTry !== '', 'the badge says so')
    await w.rest()
    expect(written('a')).toEqual(['accepted'])
    expect(link.state).toBe('synced')
  })

  it.each(['timeout-after', 'connection-lost-after', 'odd-answer-after'] as const)(
    'applied and the answer was lost (%s), nothing is doubled',
    async (fault) => {
      const link = await w.agreed('a')
      w.shop.faults.push(fault)
      w.user(link, SALE, 'order_confirm')
      await w.rest()
      expect(written('a')).toEqual(['accepted'])
      expect(link.base?.status).toBe('accepted')
    },
  )

  it('did not apply and nobody knows, it is sent again', async () => {
    const link = await w.agreed('a')
    w.shop.faults.push('timeout-before')
    w.user(link, SALE, 'order_confirm')
    await w.rest()
    expect(written('a')).toEqual(['accepted'])
  })

  it('refuses a step because the buyer was faster, a person decides', async () => {
    const link = await w.agreed('a')
    w.shop.setStatus('a', 'cancelled_by_buyer')
    w.user(link, SALE, 'order_confirm')
    await w.odoo.until(() => link.state === 'conflict', 'the conflict is shown')
    await w.rest()
    expect(written('a')).toEqual([])
    expect(link).toMatchObject({ theirs: 'cancelled_by_buyer', reason: 'both-changed' })
  })

  it('needs the buyer’s code, the order waits for it and goes on when it is there', async () => {
    w.shop.createOrder({ ref: 'a', status: 'shipped', code: '4711' })
    const link = w.odoo.link({ shop: '1', ref: 'a', ours: DONE, theirs: 'shipped' })
    w.wake(link)
    await w.rest()
    w.user(link, { order: 'locked', delivery: 'done' }, 'order_lock')
    await w.odoo.until(() => link.state === 'conflict', 'the missing code is shown')
    expect(link.reason).toBe('input-needed')
    link.inputs.buyer_code = '4711'
    w.odoo.row(link, 'input')
    w.wake(link)
    await w.rest()
    expect(written('a')).toEqual(['received'])
  })
})

describe('a crash of the sidecar', () => {
  it('between sending and hearing the answer doubles nothing', async () => {
    const link = await w.agreed('a')
    let arrived = () => {}
    const inTheAir = new Promise<void>((resolve) => {
      arrived = resolve
    })
    w.shop.before = async (call) => {
      if (call !== 'push') return
      arrived()
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    w.user(link, SALE, 'order_confirm')
    await inTheAir
    await w.crash()
    await w.rest()
    expect(written('a')).toEqual(['accepted'])
    expect(link.base?.status).toBe('accepted')
  })

  it('before Odoo was told tells it after the start', async () => {
    const link = await w.agreed('a')
    w.odoo.faults.push({ method: 'acknowledge', fault: 'unreachable', when: 'before' })
    w.user(link, SALE, 'order_confirm')
    await w.odoo.until(() => written('a').length === 1, 'the shop has it')
    await w.crash()
    await w.rest()
    expect(link.state).toBe('synced')
    expect(written('a')).toEqual(['accepted'])
  })
})

describe('when Odoo', () => {
  it('does not hear the first acknowledgement, it is told again and nothing is sent twice', async () => {
    const link = await w.agreed('a')
    w.odoo.faults.push(
      { method: 'acknowledge', fault: 'unknown', when: 'after' },
      { method: 'acknowledge', fault: 'busy', when: 'before' },
    )
    w.user(link, SALE, 'order_confirm')
    await w.rest()
    expect(w.shop.calls.filter((call) => call.call === 'push')).toHaveLength(1)
    expect(link.state).toBe('synced')
  })
})
