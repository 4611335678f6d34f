/** What a person types into the settings of a shop, and when it is told to be wrong. */
import { describe, expect, it } from 'vitest'
import {
  fromText,
  type Kind,
  parseSecrets,
  parseSettings,
  parseValues,
  problemOf,
  problemOfSecret,
  type Setting,
} from '../../web/src/widgets/shop_settings/schema.ts'

const setting = (kind: Kind, changes: Partial<Setting> = {}): Setting => ({
  name: 'it',
  label: 'It',
  help: '',
  kind,
  required: false,
  fallback: '',
  choices: [{ value: 'a', label: 'A' }],
  ...changes,
})

describe('what the record says', () => {
  it('is read without trust: Odoo gives false for an empty Json', () => {
    expect(parseSettings(false)).toEqual([])
    expect(parseValues(false)).toEqual({})
    expect(parseSecrets(false)).toEqual({})
    expect(parseValues({ page: 5, odd: [1], gone: null })).toEqual({ page: 5, gone: null })
  })

  it('of a kind that is not known yet can at least be typed', () => {
    const [read] = parseSettings([{ name: 'from', label: 'From', type: 'date', default: 7, required: true }])
    expect(read).toEqual({
      ...setting('text'),
      name: 'from',
      label: 'From',
      required: true,
      fallback: '7',
      choices: [],
    })
  })
})

describe('what a person types', () => {
  it.each([
    ['integer', ' 20 ', 20],
    ['integer', '0', 0],
    ['integer', '2.5', '2.5'],
    ['integer', 'often', 'often'],
    ['text', '20', '20'],
    ['url', '  ', null],
  ] as const)('into a field of kind %s: "%s" is kept as %j', (kind, typed, kept) => {
    expect(fromText(kind, typed)).toBe(kept)
  })

  it.each([
    ['text', { required: true }, null, 'missing'],
    ['text', { required: true, fallback: 'x' }, null, null],
    ['text', {}, null, null],
    ['integer', {}, 'often', 'no-number'],
    ['integer', { required: true }, 0, null],
    ['url', {}, 'shop.example', 'no-address'],
    ['url', {}, 'https://shop.example', null],
    ['choice', {}, 'gone', 'no-choice'],
    ['choice', {}, 'a', null],
    ['boolean', { required: true }, false, null],
  ] as const)('into a field of kind %s, %j: %j is told as %j', (kind, changes, value, problem) => {
    expect(problemOf(setting(kind, changes), value)).toBe(problem)
  })
})

describe('a required secret', () => {
  const token = setting('secret', { required: true })

  it('is missing until one is typed, and again when it is to be removed', () => {
    expect(problemOfSecret(token, false, undefined)).toBe('missing')
    expect(problemOfSecret(token, false, 'typed')).toBeNull()
    expect(problemOfSecret(token, true, '')).toBe('missing')
  })

  it('that is set stays set while a new one is not typed yet', () => {
    expect(problemOfSecret(token, true, undefined)).toBeNull()
    expect(problemOfSecret(token, true, null)).toBeNull()
  })

  it('is nobody’s problem where it is optional', () => {
    expect(problemOfSecret(setting('secret'), false, undefined)).toBeNull()
  })
})
