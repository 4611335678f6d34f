/** What Odoo holds about a link, kept near. Losing it costs a question to Odoo, nothing else. */
import { and, eq, ne, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { LinkRecord } from '../flows/ports.ts'
import { links } from './schema.ts'

const at = sql.placeholder
const sameRef = and(eq(links.shop, at('shop')), eq(links.ref, at('ref')))

export function createLinks(db: BetterSQLite3Database) {
  const byId = db
    .select()
    .from(links)
    .where(eq(links.id, at('id')))
    .prepare()
  const byRef = db.select().from(links).where(sameRef).prepare()
  const displace = db
    .delete(links)
    .where(and(sameRef, ne(links.id, at('id'))))
    .prepare()
  const put = db.insert(links).values(placeholders()).onConflictDoUpdate({ target: links.id, set: fresh() }).prepare()
  const clear = db.delete(links).prepare()

  return {
    byId: (id: string): LinkRecord | null => byId.get({ id }) ?? null,
    byRef: (shop: string, ref: string): LinkRecord | null => byRef.get({ shop, ref }) ?? null,
    put(records: readonly LinkRecord[]): void {
      for (const record of records) {
        // the link was made anew in Odoo under another id: the old one is gone there
        displace.run({ shop: record.shop, ref: record.ref, id: record.id })
        put.run({ ...record })
      }
    },
    clear: (): void => {
      clear.run()
    },
  }
}

function placeholders() {
  return {
    id: at('id'),
    shop: at('shop'),
    ref: at('ref'),
    owner: at('owner'),
    fulfilledBy: at('fulfilledBy'),
    version: at('version'),
    base: at('base'),
    ours: at('ours'),
    theirs: at('theirs'),
    sent: at('sent'),
    needs: at('needs'),
    updatedAt: at('updatedAt'),
  }
}

function fresh() {
  return {
    shop: sql`excluded.shop`,
    ref: sql`excluded.ref`,
    owner: sql`excluded.owner`,
    fulfilledBy: sql`excluded.fulfilled_by`,
    version: sql`excluded.version`,
    base: sql`excluded.base`,
    ours: sql`excluded.ours`,
    theirs: sql`excluded.theirs`,
    sent: sql`excluded.sent`,
    needs: sql`excluded.needs`,
    updatedAt: sql`excluded.updated_at`,
  }
}
