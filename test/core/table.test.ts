import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { tableDocument } from './support/table.ts'

const PAGE = new URL('./decide.table.md', import.meta.url)

describe('the complete table', () => {
  it('is what the page says: every status, every pair, every base', () => {
    const now = tableDocument()
    if (process.env.UPDATE_TABLES) writeFileSync(PAGE, now)
    expect(now).toBe(readFileSync(PAGE, 'utf8'))
  })
})
