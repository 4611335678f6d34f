/** The part of the contract that is data: statuses, steps, tables and settings. */
import { describe, expect, it } from 'vitest'
import type { Connector, SettingField } from '../../sidecar/src/connectors/contract.ts'
import { announce, settingFields } from '../../sidecar/src/connectors/index.ts'
import { DELIVERY_SIDES, ORDER_SIDES } from '../../sidecar/src/core/entities.ts'
import type { Harness } from './harness.ts'

type Values = Readonly<Record<string, unknown>>

/** The defaults, and each choice of each setting by itself: what the table may depend on. */
export function policiesOf(connector: Connector): Values[] {
  const variants = (field: SettingField): (string | boolean)[] => {
    if (field.type === 'boolean') return [true, false]
    return (field.choices ?? []).map((choice) => choice.value)
  }
  const single = settingFields(connector).flatMap((field) => variants(field).map((value) => ({ [field.name]: value })))
  return [{}, ...single]
}

export function testData(connector: Connector, harness: Harness): void {
  const codes = connector.statuses.map((status) => status.code)

  describe('its words', () => {
    it('are each there once, with a label a person can read', () => {
      expect(new Set(codes).size).toBe(codes.length)
      for (const { label } of connector.statuses) expect(label).toMatch(/^[A-Z].+/)
    })

    it('call a status final exactly when no step leads on', () => {
      const { steps } = connector.rules({})
      for (const { code, final } of connector.statuses) expect([code, steps[code]?.length === 0]).toEqual([code, final])
    })

    it('can all be reached from where an order begins', () => {
      expect(reachable(connector)).toEqual(new Set(codes))
    })

    it('cross to Odoo as they are', () => {
      const said = announce(connector)
      expect(said.statuses.map((status) => status.code)).toEqual(codes)
      expect(said.fields.map((field) => field.name)).toEqual(Object.keys(connector.settings.shape))
      expect(JSON.parse(JSON.stringify(said))).toEqual(said)
    })
  })

  describe('its settings', () => {
    it('can be drawn by Odoo: each has a name, a label, a help text and a type', () => {
      for (const field of settingFields(connector)) {
        expect(field.label, field.name).not.toBe('')
        expect(field.help, field.name).toMatch(/\.$/)
        expect(field.type === 'choice', field.name).toBe(field.choices !== undefined)
        expect(field.required && field.default !== undefined, field.name).toBe(false)
      }
    })

    it('never give a secret a default', () => {
      const secrets = settingFields(connector).filter((field) => field.type === 'secret')
      expect(secrets.map((field) => field.default)).toEqual(secrets.map(() => undefined))
    })

    it('let the feed be asked at a pace of seconds', () => {
      const pace = connector.pollSeconds({})
      expect(pace === null || pace >= 1).toBe(true)
    })
  })

  describe.each(policiesOf(connector))('its table with %j', (policy) => {
    const rules = connector.rules(policy)
    const known = [...codes, 'keep', 'conflict']

    it('has a cell for every pair of Odoo and every status, and each cell is a known word', () => {
      for (const order of ORDER_SIDES) {
        for (const delivery of DELIVERY_SIDES) expect(known).toContain(rules.mapping.outbound[order][delivery])
      }
      expect(Object.keys(rules.mapping.inbound).sort()).toEqual([...codes].sort())
    })

    it('sends only what the shop lets us set, or says that it does not', () => {
      const ours = new Set(
        codes.flatMap((code) =>
          stepsOf(connector, code)
            .filter((s) => s.by !== 'shop')
            .map((s) => s.to),
        ),
      )
      const start = codes[0]
      for (const word of ORDER_SIDES.flatMap((order) => Object.values(rules.mapping.outbound[order]))) {
        if (word === 'keep' || word === 'conflict' || word === start) continue
        expect(ours.has(word) || rules.notSettable.includes(word), word).toBe(true)
      }
    })

    it('names known statuses only in its rules', () => {
      const named = [rules.buyerEditing, rules.settableWhenShopFulfils, rules.notSettable, ...rules.sameEnd].flat()
      for (const status of named) expect(codes).toContain(status)
    })

    it('is the same table under the same version', () => {
      const twins = policiesOf(connector).map((other) => connector.mapping(other))
      const same = twins.filter((other) => other.version === rules.mapping.version)
      for (const twin of same) expect(twin).toEqual(rules.mapping)
    })
  })

  describe('its round trip, as it is set at first', () => {
    const { inbound, outbound } = connector.mapping({})

    it.each(codes)('%s over Odoo is the same word again, or listed as lossy', (code) => {
      const cell = inbound[code]
      if (cell === undefined || cell === 'keep' || cell === 'conflict') return
      const back = outbound[cell.order][cell.delivery]
      expect(back === code || back === 'keep').toBe(!(code in harness.lossy))
    })

    it('an end that comes back as another word is the same end', () => {
      const { sameEnd } = connector.rules({})
      for (const code of Object.keys(harness.lossy)) expect(sameEnd.flat()).toContain(code)
    })
  })
}

export function stepsOf(connector: Connector, from: string) {
  return connector.rules({}).steps[from] ?? []
}

function reachable(connector: Connector): Set<string> {
  const seen = new Set<string>()
  const waiting = connector.statuses.slice(0, 1).map((status) => status.code)
  for (let code = waiting.pop(); code !== undefined; code = waiting.pop()) {
    if (seen.has(code)) continue
    seen.add(code)
    waiting.push(...stepsOf(connector, code).map((step) => step.to))
  }
  return seen
}
