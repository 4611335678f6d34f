/** Two kinds of column that SQLite does not have: JSON that is parsed by a schema, and a row number that we pass on as text. */
import { sql } from 'drizzle-orm'
import { customType } from 'drizzle-orm/sqlite-core'
import type { z } from 'zod'
import { StoreError } from './errors.ts'

export function json<T>(name: string, shape: z.ZodType<T>) {
  return customType<{ data: T; driverData: string | null }>({
    dataType: () => 'text',
    // drizzle hands null through for a placeholder: it stays SQL's null, not the text "null"
    toDriver: (value) => (value === null ? null : JSON.stringify(value)),
    fromDriver: (value) => parse(name, shape, value),
  })(name)
}

function parse<T>(name: string, shape: z.ZodType<T>, value: string | null): T {
  try {
    return shape.parse(JSON.parse(value ?? 'null'))
  } catch (cause) {
    throw new StoreError('corrupt', `A stored record cannot be read: its "${name}" is not as expected.`, { cause })
  }
}

/** SQLite's own row number, spoken of as decimal text like every id in this product. */
export function rowId(name: string) {
  // null lets SQLite count on
  return rowNumber(name).primaryKey().default(sql`null`)
}

const rowNumber = customType<{ data: string; driverData: number }>({
  dataType: () => 'integer',
  toDriver: (id) => Number(id),
  fromDriver: (id) => String(id),
})
