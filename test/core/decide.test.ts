import { describe, expect, it } from 'vitest'
import { latest } from '../../sidecar/src/core/compare.ts'
import { decide } from '../../sidecar/src/core/decide.ts'
import { agreement, CARTONA, CARTONA_DELIVERED, decided, facts, newBase, pair } from './support/facts.ts'

describe('a change in Odoo', () => {
  it('is sent when only Odoo changed', () => {
    expect(decided({ ours: pair('sale/done') })).toBe('push assigned_to_salesman')
    expect(newBase({ ours: pair('sale/done') })).toBe('assigned_to_salesman = sale/done')
  })

  it('walks every legal step when the shop does not accept the jump', () => {
    const story = { base: agreement('pending', 'draft/none'), theirs: 'pending', ours: pair('sale/done') }
    expect(decided(story)).toBe('push approved > assigned_to_salesman')
  })

  it('that the table does not tell apart is nothing, and base follows quietly', () => {
    expect(decided({ ours: pair('sale/waiting') })).toBe('nothing unchanged')
    expect(newBase({ ours: pair('sale/waiting') })).toBe('approved = sale/waiting')
  })

  it('into a pair that says nothing to the shop waits, and is compared with the old base later', () => {
    expect(decided({ ours: pair('sale/cancel') })).toBe('nothing kept')
    expect(newBase({ ours: pair('sale/cancel') })).toBe('as before')
  })

  it('into a pair that contradicts itself asks a person', () => {
    expect(decided({ ours: pair('cancel/partial') })).toBe('ask unmapped-pair')
  })

  it('that the shop can no longer follow asks a person', () => {
    const story = { base: agreement('delivered', 'locked/done'), theirs: 'delivered', ours: pair('cancel/cancel') }
    expect(decide(facts(story), CARTONA)).toEqual({
      action: 'conflict',
      kind: 'illegal-transition',
      status: 'cancelled_by_supplier',
      inputs: [],
    })
  })

  it('to a status that the shop does not take from us is refused by name', () => {
    const story = { base: agreement('assigned_to_salesman', 'sale/done'), theirs: 'assigned_to_salesman' }
    expect(decide(facts({ ...story, ours: pair('sale/returned') }), CARTONA)).toEqual({
      action: 'refuse',
      reason: 'status-not-settable',
      status: 'returned',
    })
  })

  it('is sent from base when the shop was never heard since', () => {
    expect(decided({ theirs: null, ours: pair('sale/done') })).toBe('push assigned_to_salesman')
  })

  it('that was taken back before we looked is nothing', () => {
    expect(decided({ ours: pair('sale/ready') })).toBe('nothing unchanged')
  })

  it('that brings Odoo to where the shop stands anyway is agreement', () => {
    const story = { base: agreement('approved', 'draft/none'), ours: pair('sale/ready') }
    expect(decided(story)).toBe('nothing agreed')
    expect(newBase(story)).toBe('approved = sale/ready')
  })
})

describe('inputs that the shop asks for', () => {
  const shipped = { base: agreement('assigned_to_salesman', 'sale/done'), theirs: 'assigned_to_salesman' }

  it('are asked of a person before anything is sent', () => {
    const story = { ...shipped, ours: pair('locked/done'), missing: { delivered: ['buyer_code'] as const } }
    expect(decide(facts(story), CARTONA)).toEqual({
      action: 'conflict',
      kind: 'input-needed',
      status: 'delivered',
      inputs: ['buyer_code'],
    })
  })

  it('are asked for the whole way at once, each one time', () => {
    const missing = { assigned_to_salesman: ['cancel_reason'], delivered: ['buyer_code', 'cancel_reason'] } as const
    const decision = decide(facts({ ours: pair('locked/done'), missing }), CARTONA)
    expect(decision).toMatchObject({ status: 'assigned_to_salesman', inputs: ['cancel_reason', 'buyer_code'] })
  })

  it('for a status that is not on the way do not matter', () => {
    const missing = { delivered: ['buyer_code'] as const, approved: [] }
    expect(decided({ ours: pair('sale/done'), missing })).toBe('push assigned_to_salesman')
  })
})

describe('a change in the shop', () => {
  it('moves Odoo when only the shop changed', () => {
    expect(decided({ theirs: 'assigned_to_salesman' })).toBe('apply sale/done')
    expect(decided({ theirs: 'cancelled_by_retailer' })).toBe('apply cancel/cancel')
  })

  it('is nothing when Odoo is already there', () => {
    const story = { base: agreement('pending', 'draft/none'), theirs: 'approved', ours: pair('sale/ready') }
    expect(decided(story)).toBe('nothing agreed')
    expect(newBase(story)).toBe('approved = sale/ready')
  })

  it('completes an order in Odoo although locking it says nothing to the shop', () => {
    const shipped = { base: agreement('assigned_to_salesman', 'sale/done'), ours: pair('sale/done') }
    expect(decided({ ...shipped, theirs: 'delivered' })).toBe('apply locked/done')
  })

  it('asks no reservation of Odoo that the table does not tell apart', () => {
    const story = { base: agreement('pending', 'sale/waiting'), theirs: 'approved', ours: pair('sale/waiting') }
    expect(decided(story)).toBe('nothing agreed')
    // where our validation says "delivered", the shop's "shipped" asks for a confirmed order with its goods reserved
    const shipped = { ours: pair('sale/waiting'), theirs: 'assigned_to_salesman' }
    expect(newBase(shipped, CARTONA_DELIVERED)).toBe('assigned_to_salesman = sale/waiting')
  })

  it('that says nothing about Odoo leaves everything as it is', () => {
    const story = { base: agreement('pending', 'draft/none'), ours: pair('draft/none'), theirs: 'editing' }
    expect(decided(story)).toBe('nothing kept')
    expect(newBase(story)).toBe('as before')
  })

  it('with a word that nobody knows is refused by name', () => {
    for (const theirs of ['approve', '', 'constructor', '__proto__', 'toString'])
      expect(decided({ theirs })).toBe('refuse unknown-status')
  })

  it('that is older than what we know is left aside', () => {
    expect(decided({ theirs: 'pending' })).toBe('nothing late-event')
    expect(newBase({ theirs: 'pending' })).toBe('as before')
  })

  it('that is older does not hold up a change in Odoo, which is sent from where the shop really stands', () => {
    expect(decided({ theirs: 'pending', ours: pair('sale/done') })).toBe('push assigned_to_salesman')
  })

  it('that is older is no agreement, even when Odoo went back to that very pair', () => {
    const story = { base: agreement('assigned_to_salesman', 'sale/done'), theirs: 'approved', ours: pair('sale/ready') }
    expect(decided(story)).toBe('ask illegal-transition')
  })
})

describe('news that arrives after newer news', () => {
  const base = agreement('pending', 'draft/none')

  it('does not replace what is known while a question is open and base stands still', () => {
    expect(latest(CARTONA, base, 'assigned_to_salesman', 'approved')).toBe('assigned_to_salesman')
    expect(latest(CARTONA, null, 'assigned_to_salesman', 'pending')).toBe('assigned_to_salesman')
  })

  it('is what it is when it is newer, elsewhere, or the first', () => {
    expect(latest(CARTONA, base, 'approved', 'assigned_to_salesman')).toBe('assigned_to_salesman')
    expect(latest(CARTONA, base, 'assigned_to_salesman', 'cancelled_by_retailer')).toBe('cancelled_by_retailer')
    expect(latest(CARTONA, base, 'editing', 'pending')).toBe('pending')
    expect(latest(CARTONA, null, null, 'pending')).toBe('pending')
  })

  it('is left to `decide`, which names it, where base knows it as well', () => {
    const known = agreement('approved', 'sale/ready')
    expect(latest(CARTONA, known, 'approved', 'pending')).toBe('pending')
    expect(decided({ base: known, theirs: 'pending' })).toBe('nothing late-event')
  })
})

describe('our own write coming back', () => {
  const pushed = {
    base: agreement('assigned_to_salesman', 'sale/done'),
    ours: pair('sale/done'),
    sent: ['approved', 'assigned_to_salesman'],
  }

  it('as an earlier step is no step back', () => {
    expect(decided({ ...pushed, theirs: 'approved' })).toBe('nothing own-echo')
    expect(newBase({ ...pushed, theirs: 'approved' })).toBe('as before')
  })

  it('as the last step changes nothing', () => {
    expect(decided({ ...pushed, theirs: 'assigned_to_salesman' })).toBe('nothing unchanged')
  })

  it('before base knew of it becomes base', () => {
    const story = { base: agreement('pending', 'draft/none'), ours: pair('sale/ready'), sent: ['approved'] }
    expect(decided({ ...story, theirs: 'approved' })).toBe('nothing own-echo')
    expect(newBase({ ...story, theirs: 'approved' })).toBe('approved = sale/ready')
  })

  it('half way goes on from where the shop stands', () => {
    const story = { base: agreement('pending', 'draft/none'), ours: pair('sale/done'), sent: ['approved'] }
    expect(decided({ ...story, theirs: 'approved' })).toBe('push assigned_to_salesman')
  })

  it('when Odoo has gone back meanwhile is a change of Odoo, not peace', () => {
    const story = { base: agreement('pending', 'draft/none'), ours: pair('draft/none'), sent: ['approved'] }
    expect(decided({ ...story, theirs: 'approved' })).toBe('ask illegal-transition')
  })

  it('together with a new change of Odoo sends the new change from the last step', () => {
    const story = { ...pushed, theirs: 'approved', ours: pair('cancel/cancel') }
    expect(decided(story)).toBe('push cancelled_by_supplier')
  })
})

describe('both sides changed', () => {
  it('and a person sees both versions', () => {
    const story = { ours: pair('sale/done'), theirs: 'cancelled_by_retailer' }
    expect(decide(facts(story), CARTONA)).toEqual({
      action: 'conflict',
      kind: 'both-changed',
      status: 'cancelled_by_retailer',
      inputs: [],
    })
  })

  it('to the same end is agreement, and who cancelled is kept', () => {
    const story = { ours: pair('cancel/cancel'), theirs: 'cancelled_by_retailer' }
    expect(decided(story)).toBe('nothing agreed')
    expect(newBase(story)).toBe('cancelled_by_retailer = cancel/cancel')
  })

  it('while the buyer is editing waits for the buyer', () => {
    const story = { base: agreement('pending', 'draft/none'), theirs: 'editing', ours: pair('sale/ready') }
    expect(decided(story)).toBe('ask buyer-editing')
  })

  it('while the buyer is editing goes out only by a step that the shop allows us even then', () => {
    const editing = [...(CARTONA.steps.editing ?? []), { to: 'cancelled_by_supplier', by: 'us' } as const]
    const rules = { ...CARTONA, steps: { ...CARTONA.steps, editing } }
    const story = { base: agreement('pending', 'draft/none'), theirs: 'editing' }
    expect(decided({ ...story, ours: pair('cancel/cancel') }, rules)).toBe('push cancelled_by_supplier')
    expect(decided({ ...story, ours: pair('sale/ready') }, rules)).toBe('ask buyer-editing')
  })

  it('and the change goes out by itself when the buyer has finished and changed nothing', () => {
    const story = { base: agreement('pending', 'draft/none'), theirs: 'pending', ours: pair('sale/ready') }
    expect(decided(story)).toBe('push approved')
  })

  it('and a person’s answer is carried out', () => {
    const story = { ours: pair('sale/done'), theirs: 'cancelled_by_retailer' }
    expect(decided({ ...story, answer: 'theirs' })).toBe('apply cancel/cancel')
    expect(decided({ ...story, answer: 'ours' })).toBe('ask illegal-transition')
  })

  it('and Odoo’s version is sent from where the shop stands now', () => {
    const story = { base: agreement('pending', 'draft/none'), theirs: 'approved', ours: pair('cancel/cancel') }
    expect(decided(story)).toBe('ask both-changed')
    expect(decided({ ...story, answer: 'ours' })).toBe('push cancelled_by_supplier')
  })

  it('and agreed by themselves before the answer came', () => {
    const story = { ours: pair('cancel/cancel'), theirs: 'cancelled_by_retailer' }
    expect(decided({ ...story, answer: 'ours' })).toBe('nothing agreed')
  })
})

describe('an answer that nothing can be done with', () => {
  it('still ends the question: what is, is accepted', () => {
    const unmapped = { ours: pair('cancel/partial') }
    expect(decided(unmapped)).toBe('ask unmapped-pair')
    expect(decided({ ...unmapped, answer: 'ours' })).toBe('nothing kept')
    expect(newBase({ ...unmapped, answer: 'ours' })).toBe('approved = cancel/partial')
  })

  it('ends it also where the shop’s word says nothing, or this shop does not lead', () => {
    const story = { base: agreement('pending', 'draft/none'), theirs: 'editing', ours: pair('sale/ready') }
    expect(decided({ ...story, answer: 'theirs' })).toBe('nothing kept')
    const foreign = { owner: false, theirs: 'delivered', ours: pair('cancel/cancel') }
    expect(newBase({ ...foreign, answer: 'theirs' })).toBe('delivered = cancel/cancel')
  })

  it('ends it where the shop delivers and does not listen', () => {
    const story = { fulfilledBy: 'shop', base: null, ours: pair('sale/done'), theirs: 'approved' } as const
    expect(decided(story)).toBe('ask both-changed')
    expect(decided({ ...story, answer: 'ours' })).toBe('nothing fulfilled-by-shop')
    expect(newBase({ ...story, answer: 'ours' })).toBe('approved = sale/done')
  })

  it('cannot make a word known', () => {
    expect(decided({ theirs: 'nonsense', answer: 'theirs' })).toBe('refuse unknown-status')
  })
})

describe('an order that the shop delivers itself', () => {
  it('hears nothing of our deliveries', () => {
    expect(decided({ fulfilledBy: 'shop', ours: pair('sale/done') })).toBe('nothing fulfilled-by-shop')
  })

  it('hears our cancellation', () => {
    expect(decided({ fulfilledBy: 'shop', ours: pair('cancel/cancel') })).toBe('push cancelled_by_supplier')
  })

  it('still moves Odoo', () => {
    const story = { fulfilledBy: 'shop', ours: pair('sale/waiting'), theirs: 'assigned_to_salesman' } as const
    expect(decided(story)).toBe('apply sale/done')
  })

  it('moves Odoo even when our own change was not listened to', () => {
    const story = { fulfilledBy: 'shop', ours: pair('sale/done'), theirs: 'delivered' } as const
    expect(decided(story)).toBe('apply locked/done')
  })

  it('takes no step on the way that it does not take as an end', () => {
    const rules = { ...CARTONA, settableWhenShopFulfils: ['delivered'] }
    expect(decided({ fulfilledBy: 'shop', ours: pair('locked/done') }, rules)).toBe('ask illegal-transition')
  })
})

describe('a further link of the same order', () => {
  it('receives what Odoo does', () => {
    expect(decided({ owner: false, ours: pair('sale/done') })).toBe('push assigned_to_salesman')
  })

  it('never moves Odoo', () => {
    expect(decided({ owner: false, theirs: 'cancelled_by_retailer' })).toBe('nothing not-owner')
    expect(newBase({ owner: false, theirs: 'cancelled_by_retailer' })).toBe('as before')
  })

  it('receives what Odoo does also after a change of its own', () => {
    const story = { owner: false, theirs: 'assigned_to_salesman', ours: pair('locked/done') }
    expect(decided(story)).toBe('push delivered')
  })

  it('agrees like any other', () => {
    expect(newBase({ owner: false, theirs: 'assigned_to_salesman', ours: pair('sale/done') })).toBe(
      'assigned_to_salesman = sale/done',
    )
  })
})

describe('a change made under skip_marketplace_sync', () => {
  it('is never sent, not even with a later look', () => {
    const story = { ours: pair('sale/done'), skipped: true }
    expect(decided(story)).toBe('nothing skipped-by-caller')
    expect(newBase(story)).toBe('approved = sale/done')
    expect(decided({ base: agreement('approved', 'sale/done'), ours: pair('sale/done') })).toBe('nothing unchanged')
  })

  it('of an order that never agreed leaves no base', () => {
    expect(newBase({ base: null, skipped: true })).toBe('as before')
  })
})

describe('a link that has just been made', () => {
  const fresh = { base: null }

  it('starts from what both sides say when they agree', () => {
    expect(newBase({ ...fresh, ours: pair('sale/waiting') })).toBe('approved = sale/waiting')
  })

  it('asks a person when they do not: nobody knows who was first', () => {
    expect(decided({ ...fresh, ours: pair('sale/done') })).toBe('ask both-changed')
    expect(decided({ ...fresh, ours: pair('sale/done'), answer: 'ours' })).toBe('push assigned_to_salesman')
    expect(decided({ ...fresh, ours: pair('draft/none'), answer: 'theirs' })).toBe('apply sale/ready')
  })

  it('waits until the shop is heard', () => {
    expect(decided({ ...fresh, theirs: null })).toBe('nothing unchanged')
    expect(newBase({ ...fresh, theirs: null })).toBe('as before')
    expect(decided({ ...fresh, theirs: null, answer: 'ours' })).toBe('nothing unchanged')
  })

  it('is no question while the buyer edits the order that Odoo has as a draft', () => {
    expect(decided({ ...fresh, ours: pair('draft/none'), theirs: 'editing' })).toBe('nothing kept')
    expect(newBase({ ...fresh, ours: pair('draft/none'), theirs: 'editing' })).toBe('pending = draft/none')
    expect(newBase({ ...fresh, ours: pair('sale/cancel'), theirs: 'editing' })).toBe('as before')
    expect(decided({ ...fresh, ours: pair('sale/done'), theirs: 'editing' })).toBe('ask buyer-editing')
  })

  it('asks what a contradiction in Odoo means', () => {
    expect(decided({ ...fresh, ours: pair('draft/done') })).toBe('ask unmapped-pair')
  })

  it('asks also when it is not the leading link', () => {
    expect(decided({ ...fresh, owner: false, ours: pair('sale/done') })).toBe('ask both-changed')
  })
})

describe('a table of the shop’s own', () => {
  it('may leave a status to a person', () => {
    const inbound = { ...CARTONA.mapping.inbound, delivered: 'conflict' as const }
    const rules = { ...CARTONA, mapping: { ...CARTONA.mapping, inbound } }
    expect(decided({ theirs: 'delivered' }, rules)).toBe('ask unmapped-status')
    expect(decided({ theirs: 'delivered', ours: pair('cancel/cancel') }, rules)).toBe('ask both-changed')
    expect(newBase({ theirs: 'delivered', answer: 'theirs' }, rules)).toBe('delivered = sale/ready')
  })

  it('with a hole leaves it to a person as well', () => {
    const { delivered: _hole, ...inbound } = CARTONA.mapping.inbound
    const rules = { ...CARTONA, mapping: { ...CARTONA.mapping, inbound } }
    expect(decided({ theirs: 'delivered' }, rules)).toBe('ask unmapped-status')
  })
})
