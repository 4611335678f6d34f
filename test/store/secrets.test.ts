import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clock, folder, KEY, store } from './helpers.ts'

const NEW_KEY = Buffer.alloc(32, 8)

test('a setting is remembered, replaced and forgotten', async () => {
  const world = store()
  await world.putSetting('odoo.url', 'http://one')
  await world.putSetting('odoo.url', 'http://two')
  expect(world.setting('odoo.url')).toBe('http://two')
  await world.putSetting('odoo.url', null)
  expect(world.setting('odoo.url')).toBeNull()
})

test('secrets come back in clear, say since when they are set, and an empty one is deleted', async () => {
  const world = store()
  const first = await world.putSecrets('3', { token: 'shh', password: 'hush' }, clock.iso())
  expect(first).toEqual({ token: clock.iso(), password: clock.iso() })
  expect(world.secrets('3')).toEqual({ token: 'shh', password: 'hush' })
  clock.advance(1000)
  const second = await world.putSecrets('3', { token: 'new', password: '' }, clock.iso())
  expect(second).toEqual({ token: clock.iso() })
  expect(world.secrets('3')).toEqual({ token: 'new' })
  expect(world.secrets('4')).toEqual({})
})

test('no secret lies in the file in clear', async () => {
  const file = join(folder(), 'store.db')
  const world = store(file)
  await world.putSecrets('3', { token: 'very-secret-token' }, clock.iso())
  const bytes = readFileSync(file).toString('latin1') + readFileSync(`${file}-wal`).toString('latin1')
  expect(bytes).toContain('token')
  expect(bytes).not.toContain('very-secret-token')
})

test('another key is refused at the start, with what to do', async () => {
  const file = join(folder(), 'store.db')
  store(file).close()
  expect(() => store(file, NEW_KEY)).toThrow(/Put the old SECRET_KEY/)
  expect(() => store(file, KEY).close()).not.toThrow()
})

test('a new key beside the old one seals everything anew, and then stands alone', async () => {
  const file = join(folder(), 'store.db')
  const before = store(file)
  await before.putSecrets('3', { token: 'shh' }, clock.iso())
  before.close()
  store(file, [NEW_KEY, KEY]).close()
  const after = store(file, NEW_KEY)
  expect(after.secrets('3')).toEqual({ token: 'shh' })
})

test('each store file has an id of its own and keeps it', () => {
  const file = join(folder(), 'store.db')
  const first = store(file)
  const { id } = first
  first.close()
  expect(id).toMatch(/^[0-9a-f]{32}$/)
  expect(store(file).id).toBe(id)
  expect(store().id).not.toBe(id)
})
