import { describe, expect, it } from 'vitest'
import { isReason, REASON_CODES, sentence } from '../../sidecar/src/core/reasons.ts'

describe('every reason', () => {
  it.each(REASON_CODES)('%s is a whole sentence, with and without its details', (code) => {
    for (const params of [{}, { status: 'approved', inputs: ['buyer_code'] as const, count: 3, seconds: 4.2 }]) {
      const text = sentence(code, params)
      expect(text).toMatch(/^[A-Z0-9].*\.$/)
      expect(text).not.toMatch(/undefined|null|NaN|\{|\[object/)
    }
  })

  it('has a code that fits on the wire, and a sentence of its own', () => {
    for (const code of REASON_CODES) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(new Set(REASON_CODES.map((code) => sentence(code))).size).toBe(REASON_CODES.length)
  })
})

describe('a sentence', () => {
  it('names the status, the inputs, the count and the time', () => {
    expect(sentence('status-not-settable', { status: 'returned' })).toContain('"returned"')
    expect(sentence('input-needed', { inputs: ['buyer_code', 'cancel_reason'] })).toContain(
      "the buyer's code and a reason for the cancellation",
    )
    expect(sentence('folded', { count: 3 })).toBe('3 changes folded into 1.')
    expect(sentence('next-try', { seconds: 0.2 })).toBe('It will be tried again in 1 s.')
  })

  it('is there also for a code that this version does not know', () => {
    expect(sentence('from-the-future')).toContain('from-the-future')
    expect(sentence('constructor')).toContain('constructor')
    expect(isReason('toString')).toBe(false)
  })
})
