import { describe, expect, it } from 'vitest'
import { rules as memory } from '../../sidecar/src/connectors/memory/mapping.ts'
import type { Rules } from '../../sidecar/src/core/entities.ts'
import {
  isLegalStep,
  isReachable,
  isStepBack,
  maySet,
  ownPath,
  shortestPath,
  unreachableStates,
} from '../../sidecar/src/core/order-states.ts'
import { CARTONA, CARTONA_DELIVERED } from './support/facts.ts'

const anybody = () => true

describe('the shortest path', () => {
  it('holds every step but the start', () => {
    expect(shortestPath(CARTONA.steps, 'pending', 'delivered', anybody)).toEqual([
      'approved',
      'assigned_to_salesman',
      'delivered',
    ])
  })

  it('prefers the shorter of two ways, and the order of the data among equals', () => {
    const to = (...words: string[]) => words.map((word) => ({ to: word, by: 'us' }) as const)
    const diamond = { a: to('x', 'y', 'long'), long: to('x'), x: to('end'), y: to('end'), end: [] }
    expect(shortestPath(diamond, 'a', 'end', anybody)).toEqual(['x', 'end'])
  })

  it('is none from an end, from a word that nobody knows, and over a step that is not allowed', () => {
    expect(shortestPath(CARTONA.steps, 'delivered', 'pending', anybody)).toBeNull()
    expect(shortestPath(CARTONA.steps, 'constructor', 'pending', anybody)).toBeNull()
    expect(shortestPath(CARTONA.steps, 'pending', 'delivered', (step) => step.to !== 'approved')).toBeNull()
  })

  it('comes to an end in a circle', () => {
    expect(shortestPath(CARTONA.steps, 'editing', 'nowhere', anybody)).toBeNull()
    expect(shortestPath(CARTONA.steps, 'editing', 'editing', anybody)).toBeNull()
  })
})

describe('our own path', () => {
  it('takes no step that belongs to the shop', () => {
    expect(ownPath(CARTONA, 'pending', 'cancelled_by_retailer', 'us')).toBeNull()
    expect(ownPath(CARTONA, 'editing', 'approved', 'us')).toBeNull()
  })

  it('never leads over a status that cannot be set', () => {
    expect(ownPath(CARTONA, 'approved', 'returned', 'us')).toBeNull()
    expect(ownPath(CARTONA_DELIVERED, 'approved', 'returned', 'us')).toEqual(['assigned_to_salesman', 'returned'])
  })

  it('is as narrow as the shop wants where it delivers itself', () => {
    expect(ownPath(CARTONA, 'approved', 'assigned_to_salesman', 'shop')).toBeNull()
    expect(ownPath(CARTONA, 'approved', 'cancelled_by_supplier', 'shop')).toEqual(['cancelled_by_supplier'])
    expect(maySet(CARTONA, 'approved', 'shop')).toBe(false)
    expect(maySet(CARTONA, 'approved', 'us')).toBe(true)
    expect(maySet(CARTONA, 'editing', 'us')).toBe(false)
  })

  it('knows whose step it is', () => {
    expect(isLegalStep(CARTONA.steps, 'pending', 'editing', 'shop')).toBe(true)
    expect(isLegalStep(CARTONA.steps, 'pending', 'editing', 'us')).toBe(false)
    expect(isLegalStep(CARTONA.steps, 'pending', 'approved', 'shop')).toBe(true)
  })
})

describe('a step back', () => {
  it('is where the order can have been and can never be again', () => {
    expect(isStepBack(CARTONA.steps, 'approved', 'pending')).toBe(true)
    expect(isStepBack(CARTONA.steps, 'delivered', 'editing')).toBe(true)
  })

  it('is neither a step ahead, nor the same, nor another end, nor a way there and back', () => {
    expect(isStepBack(CARTONA.steps, 'pending', 'approved')).toBe(false)
    expect(isStepBack(CARTONA.steps, 'approved', 'approved')).toBe(false)
    expect(isStepBack(CARTONA.steps, 'delivered', 'cancelled_by_supplier')).toBe(false)
    expect(isStepBack(CARTONA.steps, 'pending', 'editing')).toBe(false)
  })
})

describe('all states', () => {
  const tables: readonly (readonly [string, Rules, string])[] = [
    ['cartona', CARTONA, 'pending'],
    ['memory', memory, 'new'],
  ]
  it.each(tables)('of %s can be reached', (_name, rules, start) => {
    expect(unreachableStates(rules.steps, start)).toEqual([])
  })

  it('are looked at: one that nobody reaches is named', () => {
    expect(unreachableStates({ ...CARTONA.steps, lost: [] }, 'pending')).toEqual(['lost'])
    expect(isReachable(CARTONA.steps, 'pending', 'lost')).toBe(false)
  })
})
