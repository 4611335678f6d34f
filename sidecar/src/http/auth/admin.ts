/** The operator: one bearer token, from the environment or drawn once. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context, Next } from 'hono'
import type { Config } from '../../config.ts'
import { sameSecret, writePrivate } from '../../lib/crypto.ts'
import type { Edge } from '../body.ts'
import { HttpError } from '../errors.ts'

export function adminToken(config: Pick<Config, 'ADMIN_TOKEN' | 'DATA_DIR'>): string {
  if (config.ADMIN_TOKEN) return config.ADMIN_TOKEN
  const file = join(config.DATA_DIR, 'admin-token')
  mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o700 })
  if (!existsSync(file)) writePrivate(file, `${randomBytes(24).toString('base64url')}\n`)
  return readFileSync(file, 'utf8').trim()
}

export function adminOnly(token: string) {
  return async (c: Context<Edge>, next: Next): Promise<void> => {
    const given = /^bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (given === undefined || token === '' || !sameSecret(given, token)) {
      c.header('www-authenticate', 'Bearer')
      throw new HttpError(401, 'admin-token', 'This needs the admin token of the sidecar as a bearer token.')
    }
    await next()
  }
}
