/** The few words the sidecar remembers about itself: its pairing, its id, how far Odoo's clock is off. Never a secret. */
import { eq, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { settings } from './schema.ts'

const at = sql.placeholder

export type Settings = ReturnType<typeof createSettings>

export function createSettings(db: BetterSQLite3Database) {
  const read = db
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, at('name')))
    .prepare()
  const drop = db
    .delete(settings)
    .where(eq(settings.name, at('name')))
    .prepare()
  const write = db
    .insert(settings)
    .values({ name: at('name'), value: at('value') })
    .onConflictDoUpdate({ target: settings.name, set: { value: sql`excluded.value` } })
    .prepare()
  return {
    get: (name: string): string | null => read.get({ name })?.value ?? null,
    put: (name: string, value: string | null): void => {
      if (value === null) drop.run({ name })
      else write.run({ name, value })
    },
  }
}
