import { describe, expect, it } from 'vitest'
import { rules as memory } from '../../sidecar/src/connectors/memory/mapping.ts'
import type { Rules } from '../../sidecar/src/core/entities.ts'
import {
  agrees,
  covers,
  inboundCell,
  isKnown,
  outboundCell,
  pairOf,
  pairText,
  sameEnd,
  statusOf,
} from '../../sidecar/src/core/mapping.ts'
import { CARTONA, CARTONA_DELIVERED, PAIRS, pair } from './support/facts.ts'

describe('a look into the table', () => {
  it('answers a cell both ways', () => {
    expect(outboundCell(CARTONA.mapping, pair('sale/done'))).toBe('assigned_to_salesman')
    expect(inboundCell(CARTONA.mapping, 'delivered')).toEqual(pair('locked/done'))
  })

  it('answers "conflict" for a hole, and for words that every object has', () => {
    for (const word of ['nothing', 'constructor', '__proto__', 'toString', ''])
      expect(inboundCell(CARTONA.mapping, word)).toBe('conflict')
    expect(isKnown(CARTONA, 'constructor')).toBe(false)
    expect(isKnown(CARTONA, 'pending')).toBe(true)
  })

  it('tells a status and a pair from the words that are none', () => {
    expect([statusOf('keep'), statusOf('conflict'), statusOf('approved')]).toEqual([null, null, 'approved'])
    expect([pairOf('keep'), pairOf('conflict')]).toEqual([null, null])
    expect(pairText(pair('sale/ready'))).toBe('sale/ready')
  })
})

describe('ours covers a target', () => {
  const said = (ours: string, target: string) => covers(CARTONA.mapping, pair(ours), pair(target))

  it('when it is the same, even where the table has no word', () => {
    expect(said('sale/returning', 'sale/returning')).toBe(true)
  })

  it('when the table does not tell the difference and ours is as far', () => {
    expect(said('sale/waiting', 'sale/ready')).toBe(true)
    expect(said('sent/none', 'draft/none')).toBe(true)
    expect(said('locked/ready', 'sale/ready')).toBe(true)
  })

  it('not when ours is less far, and not when there is only no word for both', () => {
    expect(said('sale/done', 'locked/done')).toBe(false)
    expect(said('sale/returning', 'sale/partly_returned')).toBe(false)
    expect(said('sale/ready', 'sale/done')).toBe(false)
  })
})

describe('both agree', () => {
  it('on the word, on one end, or on what the word asks for', () => {
    expect(agrees(CARTONA, pair('sale/ready'), 'approved')).toBe(true)
    expect(agrees(CARTONA, pair('cancel/cancel'), 'cancelled_by_retailer')).toBe(true)
    expect(agrees(CARTONA, pair('locked/done'), 'delivered')).toBe(true)
    expect(sameEnd(CARTONA, 'cancelled_by_supplier', 'cancelled_by_retailer')).toBe(true)
  })

  it('on one end also where the other side’s word asks nothing of Odoo', () => {
    const inbound = { ...CARTONA.mapping.inbound, cancelled_by_retailer: 'keep' as const }
    const rules = { ...CARTONA, mapping: { ...CARTONA.mapping, inbound } }
    expect(agrees(rules, pair('cancel/cancel'), 'cancelled_by_retailer')).toBe(true)
    expect(agrees({ ...rules, sameEnd: [] }, pair('cancel/cancel'), 'cancelled_by_retailer')).toBe(false)
  })

  it('not on words that merely have no cell', () => {
    expect(agrees(CARTONA, pair('sale/cancel'), 'editing')).toBe(false)
    expect(agrees(CARTONA, pair('sale/done'), 'approved')).toBe(false)
  })
})

const tables: readonly (readonly [string, Rules])[] = [
  ['cartona', CARTONA],
  ['cartona, where validation means delivered', CARTONA_DELIVERED],
  ['memory', memory],
]

describe.each(tables)('the table of %s', (_name, rules) => {
  it('speaks only words that the shop knows', () => {
    const words = PAIRS.map((one) => statusOf(outboundCell(rules.mapping, one))).filter((word) => word !== null)
    const lists = [
      ...rules.buyerEditing,
      ...rules.notSettable,
      ...rules.settableWhenShopFulfils,
      ...rules.sameEnd.flat(),
    ]
    for (const word of [
      ...words,
      ...lists,
      ...Object.values(rules.steps).flatMap((steps) => steps.map((step) => step.to)),
    ])
      expect(isKnown(rules, word), word).toBe(true)
    expect(Object.keys(rules.mapping.inbound).sort()).toEqual(Object.keys(rules.steps).sort())
  })

  it('is in agreement with itself: what a word asks for is agreement with that word', () => {
    for (const status of Object.keys(rules.steps)) {
      const target = pairOf(inboundCell(rules.mapping, status))
      if (target !== null) expect(agrees(rules, target, status), status).toBe(true)
    }
  })
})
