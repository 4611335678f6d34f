import { describe, expect, it } from 'vitest'
import { compareIds, type FoldRow, fold } from '../../sidecar/src/core/fold.ts'

const row = (id: string, changes: Partial<FoldRow> = {}): FoldRow => ({
  id,
  cause: 'order_confirm',
  user: '7',
  origin: '',
  hops: 0,
  skipped: false,
  ...changes,
})

describe('a fast series of changes', () => {
  it('is one change: the newest row gets the outcome, the others are folded into it', () => {
    expect(fold([row('8'), row('10', { cause: 'delivery_done', user: '9' }), row('9')])).toEqual({
      last: '10',
      folded: ['8', '9'],
      trigger: 'delivery_done',
      user: '9',
      skipped: false,
      own: false,
      hops: 0,
      answer: null,
    })
  })

  it('does not depend on the order in which the rows come', () => {
    const rows = [row('3', { hops: 2 }), row('12', { origin: 'op' }), row('7', { cause: 'answer_ours' }), row('100')]
    const all = fold(rows)
    for (const order of [[...rows].reverse(), [rows[2], rows[0], rows[3], rows[1]].filter((one) => one !== undefined)])
      expect(fold(order)).toEqual(all)
  })

  it('is a person’s doing when our own operations only added to it', () => {
    const rows = [row('1', { cause: 'delivery_done' }), row('2', { cause: 'order_lock', user: '1', origin: 'op' })]
    expect(fold(rows)).toMatchObject({ last: '2', trigger: 'delivery_done', user: '7', own: false })
    expect(fold(rows.slice(1))).toMatchObject({ trigger: 'order_lock', own: true })
  })

  it('is skipped only when every row is', () => {
    expect(fold([row('1', { skipped: true }), row('2', { skipped: true })])).toMatchObject({ skipped: true, last: '2' })
    expect(fold([row('1', { cause: 'order_send' }), row('2', { skipped: true })])).toMatchObject({
      skipped: false,
      last: '2',
      trigger: 'order_send',
    })
  })

  it('carries the longest chain of hops', () => {
    expect(fold([row('1', { hops: 3 }), row('2', { hops: 1 })])?.hops).toBe(3)
  })

  it('carries the newest answer of a person', () => {
    const rows = [row('1', { cause: 'answer_ours' }), row('3'), row('2', { cause: 'answer_theirs' })]
    expect(fold(rows)?.answer).toBe('theirs')
    expect(fold([row('1', { cause: 'constructor' })])?.answer).toBeNull()
  })

  it('of nothing is nothing', () => {
    expect(fold([])).toBeNull()
  })
})

describe('ids', () => {
  it('are numbers of any length', () => {
    expect(compareIds('9', '10')).toBe(-1)
    expect(compareIds('9007199254740993', '9007199254740992')).toBe(1)
    expect(compareIds('5', '5')).toBe(0)
  })
})
