import { describe, expect, it } from 'vitest'
import { seeded } from '../bench/random.ts'
import { endOfOdoo, type Final, repeats, type Story, violations } from '../chaos/ledger.ts'
import { PLANS, plansFor } from '../chaos/stories.ts'

const shipped: Story = {
  order: 'S1',
  end: 'assigned_to_salesman',
  changes: [
    { act: 'confirm', outcome: 'done' },
    { act: 'validate', outcome: 'done' },
  ],
}
const cancelled: Story = { order: 'S2', end: 'cancelled', changes: [{ act: 'retailer-cancel', outcome: 'done' }] }
const raced: Story = {
  order: 'S3',
  end: null,
  changes: [
    { act: 'confirm', outcome: 'done' },
    { act: 'validate', outcome: 'done' },
    { act: 'retailer-cancel', outcome: 'done' },
  ],
}

const taken = (status: string) => ({ status, taken: true })
const refused = (status: string) => ({ status, taken: false })

const wellShipped: Final = {
  shop: {
    status: 'assigned_to_salesman',
    history: [
      { status: 'approved', by: 'supplier' },
      { status: 'assigned_to_salesman', by: 'supplier' },
    ],
    writes: [taken('approved'), taken('assigned_to_salesman')],
    offered: false,
  },
  odoo: { order: 'sale', locked: false, deliveries: ['done'], notes: 0 },
  seen: { waiting: 0, conflicts: 0 },
}
const wellCancelled: Final = {
  shop: {
    status: 'cancelled_by_retailer',
    history: [{ status: 'cancelled_by_retailer', by: 'retailer' }],
    writes: [],
    offered: false,
  },
  odoo: { order: 'cancel', locked: false, deliveries: ['cancel'], notes: 1 },
  seen: { waiting: 0, conflicts: 0 },
}
/** Goods are out, and the retailer cancelled: nobody can undo either. */
const asked: Final = {
  shop: wellCancelled.shop,
  odoo: { ...wellShipped.odoo },
  seen: { waiting: 0, conflicts: 1 },
}

interface Change {
  readonly shop?: Partial<Final['shop']>
  readonly odoo?: Partial<Final['odoo']>
  readonly seen?: Partial<Final['seen']>
}
const but = (final: Final, change: Change): Final => ({
  shop: { ...final.shop, ...change.shop },
  odoo: { ...final.odoo, ...change.odoo },
  seen: { ...final.seen, ...change.seen },
})
const said = (story: Story, final: Final) => violations(story, final).join('\n')

describe('the ledger accepts', () => {
  it.each([
    ['a shipment that both sides know', shipped, wellShipped],
    ['a cancellation that both sides know', cancelled, wellCancelled],
    ['a race that a person is asked about', raced, asked],
    ['a race that the retailer won', raced, but(wellCancelled, {})],
  ])('%s', (_name, story, final) => {
    expect(violations(story, final)).toEqual([])
  })
})

describe('the ledger catches', () => {
  it.each([
    ['a change that never arrived', shipped, but(wellShipped, { shop: { status: 'approved' } }), 'agreement'],
    ['a change that was undone on both sides', shipped, but(wellCancelled, { odoo: { notes: 0 } }), 'strict end'],
    [
      'an order back at its start',
      raced,
      but(wellCancelled, { shop: { status: 'pending' }, odoo: { order: 'draft', deliveries: [] } }),
      'not lost',
    ],
    [
      'an end that nobody asked for',
      raced,
      but(wellShipped, { shop: { status: 'delivered' }, odoo: { locked: true } }),
      'meant',
    ],
    ['a disagreement that nobody sees', raced, but(asked, { seen: { conflicts: 0 } }), 'agreement'],
    ['a question that is asked twice', raced, but(asked, { seen: { conflicts: 2 } }), 'agreement'],
    ['a question about nothing', shipped, but(wellShipped, { seen: { conflicts: 1 } }), 'agreement'],
    [
      'a status that came twice',
      shipped,
      but(wellShipped, { shop: { history: [...wellShipped.shop.history, { status: 'approved', by: 'supplier' }] } }),
      'not doubled',
    ],
    [
      "a retailer's cancellation sent back",
      cancelled,
      but(wellCancelled, { shop: { writes: [refused('cancelled_by_supplier')] } }),
      'no echo',
    ],
    ['a second delivery', shipped, but(wellShipped, { odoo: { deliveries: ['done', 'done'] } }), 'one delivery'],
    ['a note written twice', cancelled, but(wellCancelled, { odoo: { notes: 2 } }), 'one note'],
    ['a note that is missing', cancelled, but(wellCancelled, { odoo: { notes: 0 } }), 'note written'],
    ['a row that waits for ever', shipped, but(wellShipped, { seen: { waiting: 1 } }), 'not waiting'],
    ['a feed that was not acknowledged', cancelled, but(wellCancelled, { shop: { offered: true } }), 'not waiting'],
  ])('%s', (_name, story, final, law) => {
    expect(said(story, final)).toContain(law)
  })

  it('and names the order and its story', () => {
    expect(said(shipped, but(wellShipped, { seen: { waiting: 2 } }))).toBe(
      'S1 [confirm, validate] not waiting: 2 rows still wait',
    )
  })
})

describe('a change that was turned down', () => {
  const confirm = { act: 'confirm', outcome: 'refused', why: 'not in a state' } as const
  const stillPending = but(wellCancelled, {
    shop: { status: 'pending', history: [] },
    odoo: { order: 'draft', deliveries: [], notes: 0 },
  })

  it('is a fault where nobody raced', () => {
    const story: Story = { order: 'S4', end: 'approved', changes: [confirm] }
    expect(said(story, stillPending)).toBe(
      'S4 [confirm (refused)] not refused: confirm was turned down: not in a state',
    )
  })

  it('is what a race or a lost answer may bring', () => {
    const lost = { act: 'confirm', outcome: 'lost' } as const
    expect(violations({ order: 'S5', end: null, changes: [confirm] }, stillPending)).toEqual([])
    expect(violations({ order: 'S6', end: 'approved', changes: [lost, confirm] }, stillPending)).toEqual([])
  })

  it('moves nothing: a lock of a quotation leaves it where it is', () => {
    const lock = { act: 'lock', outcome: 'done' } as const
    expect(violations({ order: 'S7', end: null, changes: [confirm, lock] }, stillPending)).toEqual([])
  })
})

describe('what the ledger reads', () => {
  it.each([
    [{ order: 'draft', locked: false, deliveries: [] }, 'pending'],
    [{ order: 'sale', locked: true, deliveries: ['assigned'] }, 'approved'],
    [{ order: 'sale', locked: false, deliveries: ['done', 'cancel'] }, 'assigned_to_salesman'],
    [{ order: 'sale', locked: true, deliveries: ['done'] }, 'delivered'],
    [{ order: 'cancel', locked: false, deliveries: ['cancel'] }, 'cancelled'],
    [{ order: 'cancel', locked: false, deliveries: ['done'] }, null],
    [{ order: 'sale', locked: false, deliveries: ['done', 'assigned'] }, null],
  ])('%o is %s', (side, end) => {
    expect(endOfOdoo({ ...side, notes: 0 })).toBe(end)
  })

  it('writes that were taken beyond the first of a status are repeats, refused ones are not', () => {
    const writes = [taken('approved'), taken('approved'), refused('delivered'), refused('delivered')]
    expect(repeats({ ...wellShipped.shop, writes })).toBe(1)
  })

  it('a change whose answer was lost binds nobody to an end', () => {
    const lost: Story = {
      ...shipped,
      changes: [
        { act: 'confirm', outcome: 'done' },
        { act: 'validate', outcome: 'lost' },
      ],
    }
    const final = but(wellShipped, { shop: { status: 'approved', history: [] }, odoo: { deliveries: ['assigned'] } })
    expect(violations(lost, final)).toEqual([])
  })
})

describe('plans', () => {
  it('bring as many changes as asked, every plan before any is repeated', () => {
    const plans = plansFor(200, seeded(3))
    const changes = plans.flatMap((plan) => plan.steps).length
    expect(changes).toBeGreaterThanOrEqual(200)
    expect(changes).toBeLessThan(203)
    expect(new Set(plans.slice(0, PLANS.length)).size).toBe(PLANS.length)
  })

  it('are the same for the same seed', () => {
    expect(plansFor(50, seeded(9))).toEqual(plansFor(50, seeded(9)))
    expect(plansFor(50, seeded(9))).not.toEqual(plansFor(50, seeded(10)))
  })
})
