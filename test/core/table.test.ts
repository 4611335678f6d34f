import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { tableDocument } from './support/table.ts'

const PAGE = new URL('./decide.table.md', import.meta.url)

/** The formatter pads the columns; what counts is what stands in the cells. */
const cells = (page: string) => page.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---')

describe('the complete table', () => {
  it('is what the page says: every status, every pair, every base', () => {
    const now = tableDocument()
    if (process.env.UPDATE_TABLES) writeFileSync(PAGE, now)
    expect(cells(readFileSync(PAGE, 'utf8'))).toBe(cells(now))
  })
})
