/** Passwords and keys, sealed on the way in and opened on the way out. */
import { asc, eq, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { Sealer } from '../lib/crypto.ts'
import { StoreError } from './errors.ts'
import { secrets } from './schema.ts'
import type { Settings } from './settings.ts'

const at = sql.placeholder
const CHECK = 'store.secret_key_check'

export type Secrets = ReturnType<typeof createSecrets>

export function createSecrets(db: BetterSQLite3Database, sealer: Sealer) {
  const ofShop = db
    .select()
    .from(secrets)
    .where(eq(secrets.shop, at('shop')))
    .orderBy(asc(secrets.name))
    .prepare()
  const all = db.select().from(secrets).prepare()
  const drop = db
    .delete(secrets)
    .where(sql`${secrets.shop} = ${at('shop')} and ${secrets.name} = ${at('name')}`)
    .prepare()
  const write = db
    .insert(secrets)
    .values({ shop: at('shop'), name: at('name'), sealed: at('sealed'), setAt: at('setAt') })
    .onConflictDoUpdate({
      target: [secrets.shop, secrets.name],
      set: { sealed: sql`excluded.sealed`, setAt: sql`excluded.set_at` },
    })
    .prepare()

  function put(shop: string, name: string, value: string, setAt: string): void {
    if (value === '') drop.run({ shop, name })
    else write.run({ shop, name, sealed: sealer.seal(value, place(shop, name)), setAt })
  }

  return {
    of: (shop: string): Readonly<Record<string, string>> =>
      Object.fromEntries(ofShop.all({ shop }).map((row) => [row.name, sealer.open(row.sealed, place(shop, row.name))])),

    /** Which secrets are set afterwards, and since when. */
    put(shop: string, values: Readonly<Record<string, string>>, now: string): Readonly<Record<string, string>> {
      for (const [name, value] of Object.entries(values)) put(shop, name, value, now)
      return Object.fromEntries(ofShop.all({ shop }).map((row) => [row.name, row.setAt]))
    },

    /** After a change of keys: all is sealed with the new one, and the old one can go. */
    sealAnew(): void {
      for (const { shop, name, sealed, setAt } of all.all())
        put(shop, name, sealer.open(sealed, place(shop, name)), setAt)
    },
  }
}

function place(shop: string, name: string): string {
  return `${shop}/${name}`
}

/** Found out at the start, with a sentence, instead of at the first call to a shop. */
export function checkKey(settings: Settings, secrets: Secrets, sealer: Sealer): void {
  const check = settings.get(CHECK)
  if (check?.split('.')[1] === sealer.keyId) return
  if (check !== null) {
    openCheck(sealer, check)
    secrets.sealAnew()
  }
  settings.put(CHECK, sealer.seal('ok', CHECK))
}

function openCheck(sealer: Sealer, check: string): void {
  try {
    sealer.open(check, CHECK)
  } catch (cause) {
    throw new StoreError(
      'secret',
      'The secrets in the store were sealed with another key. Put the old SECRET_KEY (or key file) back; to change it, give "new,old" once.',
      { cause },
    )
  }
}
