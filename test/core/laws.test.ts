/** Laws that hold for every fact there can be, for the tables of real connectors. SPEC.md says which rule each serves. */
import { describe, expect, it } from 'vitest'
import { compare } from '../../sidecar/src/core/compare.ts'
import { decide } from '../../sidecar/src/core/decide.ts'
import type { Decision, Status } from '../../sidecar/src/core/entities.ts'
import { agrees, inboundCell, isKnown, outboundCell, samePair } from '../../sidecar/src/core/mapping.ts'
import { isLegalStep, isStepBack } from '../../sidecar/src/core/order-states.ts'
import { type Case, casesOf, nextLook, TABLES, tell } from './support/cases.ts'
import { chance, shuffled } from './support/chance.ts'

type Decided<A extends Decision['action']> = Extract<Decision, { action: A }>

describe.each(TABLES)('with the table of %s', (_name, rules) => {
  const cases = casesOf(rules)

  /** Looks at all cases of one kind; those that break the law are counted, and the first few told. */
  function law(concerned: (one: Case) => boolean, holds: (one: Case) => boolean): void {
    const looked = cases.filter(concerned)
    const broken = looked.filter((one) => !holds(one))
    expect(broken.slice(0, 5).map(tell), `${broken.length} of ${looked.length}`).toEqual([])
    expect(looked.length, 'the law was tried on enough').toBeGreaterThan(20)
  }

  function every<A extends Decision['action']>(action: A, holds: (decision: Decided<A>, one: Case) => boolean): void {
    const isIt = (decision: Decision): decision is Decided<A> => decision.action === action
    law(
      ({ decision }) => isIt(decision),
      (one) => isIt(one.decision) && holds(one.decision, one),
    )
  }

  const believed = (one: Case): Status | null => compare(one.facts, rules).status
  const isQuiet = (one: Case): boolean => decide(nextLook(one), rules).action === 'nothing'

  it('a push walks legal steps of ours, from where the shop stands to what Odoo says', () => {
    every('push', ({ path, agreed }, one) => {
      const legal = path.every((to, at) => isLegalStep(rules.steps, path[at - 1] ?? believed(one) ?? '', to, 'us'))
      const end = outboundCell(rules.mapping, one.facts.ours)
      return path.length > 0 && legal && path.at(-1) === end && agreed.status === end
    })
  })

  it('a push holds no status that the shop does not take from us', () => {
    every('push', ({ path }, { facts: { fulfilledBy } }) =>
      path.every((to) => {
        const listens = fulfilledBy === 'us' || rules.settableWhenShopFulfils.includes(to)
        return listens && !rules.notSettable.includes(to)
      }),
    )
  })

  it('a push is never made of what the shop already says', () => {
    every('push', (_decision, one) => !agrees(rules, one.facts.ours, believed(one) ?? ''))
  })

  it('what is applied is what the table asks for, and only the leading link applies', () => {
    every('apply', ({ status, target }, { facts: { owner } }) => {
      const cell = inboundCell(rules.mapping, status)
      return owner && typeof cell === 'object' && samePair(cell, target)
    })
  })

  it('nothing older is ever applied', () => {
    every('apply', ({ status }, { facts: { base } }) => base === null || !isStepBack(rules.steps, base.status, status))
  })

  it('our own write is never applied, unless a person says so', () => {
    every('apply', ({ status }, { facts: { sent, answer } }) => answer === 'theirs' || !sent.includes(status))
  })

  it('a person is never asked where both agree', () => {
    every('conflict', (_decision, one) => !agrees(rules, one.facts.ours, believed(one) ?? ''))
  })

  it('a word that nobody knows is refused, unless the caller skipped', () => {
    law(
      ({ facts: { theirs, skipped } }) => theirs === 'nobody-knows' && !skipped,
      ({ decision }) => decision.action === 'refuse' && decision.reason === 'unknown-status',
    )
  })

  it('all that is written, applied and recorded are known words', () => {
    const known = (status: Status) => isKnown(rules, status)
    every('push', ({ path, agreed }) => [...path, agreed.status].every(known))
    every('apply', ({ status }) => known(status))
    every('nothing', ({ agreed }) => agreed === null || known(agreed.status))
  })

  it('"agreed" means agreed', () => {
    law(
      ({ decision }) => decision.action === 'nothing' && decision.reason === 'agreed',
      ({ facts: { ours }, decision }) =>
        decision.action === 'nothing' && decision.agreed !== null && agrees(rules, ours, decision.agreed.status),
    )
  })

  it('"unchanged" hides no disagreement: ours and theirs are as base has them', () => {
    law(
      ({ facts, decision }) => decision.action === 'nothing' && decision.reason === 'unchanged' && facts.base !== null,
      ({ facts: { base, ours, theirs } }) => {
        const sameWord = outboundCell(rules.mapping, ours) === outboundCell(rules.mapping, base?.pair ?? ours)
        return sameWord && (theirs === null || theirs === base?.status)
      },
    )
  })

  it('once carried out and recorded, a decision leaves nothing to do', () => {
    for (const action of ['push', 'apply', 'nothing'] as const)
      every(action, (_decision, one) => one.facts.skipped || isQuiet(one))
  })

  it('what was made under skip_marketplace_sync is never sent, and hides no change of the shop', () => {
    law(
      ({ facts }) => facts.skipped && facts.base !== null,
      (one) => {
        const { action } = decide(nextLook(one), rules)
        const news = ['changed', 'unmapped'].includes(compare(one.facts, rules).theirs)
        const heard = action === 'apply' || action === 'conflict' || agrees(rules, one.facts.ours, believed(one) ?? '')
        return action !== 'push' && (heard || !news)
      },
    )
  })

  it('what was recorded as agreed stays as it is', () => {
    law(
      ({ facts, decision }) => decision.action === 'nothing' && decision.agreed !== null && !facts.skipped,
      (one) => {
        const again = decide(nextLook(one), rules)
        const before = one.decision.action === 'nothing' ? one.decision.agreed : null
        if (again.action !== 'nothing' || before === null) return false
        return again.agreed === null || samePair(again.agreed.pair, before.pair)
      },
    )
  })

  it('a question stays the same question until somebody does something', () => {
    for (const action of ['conflict', 'refuse'] as const)
      law(
        ({ facts, decision }) => decision.action === action && facts.answer === null,
        (one) => JSON.stringify(decide(nextLook(one), rules)) === JSON.stringify(one.decision),
      )
  })

  it('every echo of a push, in any order, is nothing and moves no base', () => {
    every('push', ({ path, agreed }, one) => {
      const next = nextLook(one)
      return path.every((echo) => {
        const again = decide({ ...next, theirs: echo }, rules)
        return again.action === 'nothing' && (again.agreed === null || again.agreed.status === agreed.status)
      })
    })
  })

  it('a push that stopped half way goes on with the rest of the same way', () => {
    law(
      ({ decision }) => decision.action === 'push' && decision.path.length > 1,
      (one) => {
        const path = one.decision.action === 'push' ? one.decision.path : []
        const sent = path.slice(0, 1)
        const half = { ...one.facts, sent: [...one.facts.sent, ...sent], theirs: sent[0] ?? '' }
        const again = decide(half, rules)
        return again.action === 'push' && again.path.join() === path.slice(1).join()
      },
    )
  })

  it('the shop’s version as an answer always ends the question', () => {
    law(
      ({ facts }) => facts.answer === 'theirs' && facts.theirs !== 'nobody-knows',
      ({ decision }) => decision.action === 'apply' || decision.action === 'nothing',
    )
  })

  it('Odoo’s version as an answer is sent, accepted, or cannot be for a reason that is no disagreement', () => {
    const reasons = ['illegal-transition', 'buyer-editing', 'input-needed']
    law(
      ({ facts }) => facts.answer === 'ours' && facts.theirs !== 'nobody-knows',
      ({ decision }) =>
        decision.action !== 'apply' && (decision.action !== 'conflict' || reasons.includes(decision.kind)),
    )
  })

  it('one record’s outcome does not depend on its neighbours or on their order', () => {
    const order = shuffled(cases.slice(0, 3_000), chance(7))
    const differ = order.filter((one) => JSON.stringify(decide(one.facts, rules)) !== JSON.stringify(one.decision))
    expect(differ.map(tell)).toEqual([])
  })
})

describe('a decision', () => {
  it('changes neither the facts nor the rules', () => {
    const [, rules] = TABLES[0] ?? []
    if (!rules) throw new Error('no table')
    const frozen = deepFreeze(structuredClone(rules))
    for (const { facts } of casesOf(rules).slice(0, 2_000)) decide(deepFreeze(structuredClone(facts)), frozen)
  })
})

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}
