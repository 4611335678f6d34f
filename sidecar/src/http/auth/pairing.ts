/**
 * Who our Odoo is. Pairing binds database, address and this store's epoch; the key that signs Odoo's calls is drawn here, the key that lets us
 * call Odoo follows once Odoo has committed. Pairing again replaces both.
 */
import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import { newKey, parseKey } from '../../lib/hmac.ts'
import type { Log } from '../../lib/log.ts'
import { PROTOCOL } from '../../odoo/wire.ts'
import type { SidecarStore } from '../../store/index.ts'
import { HttpError } from '../errors.ts'
import { createPairingCode, drawCode, hashOf } from './code.ts'

/** Shops have numbers: this can be none of them. */
const PLACE = '@odoo'
const SETTING = {
  paired: 'odoo.paired',
  uuid: 'odoo.uuid',
  offset: 'odoo.clock_offset_ms',
  used: 'pairing.used',
} as const
/** Smaller changes of the clock are not worth a write. */
const OFFSET_STEP_MS = 2000

const pairedShape = z.object({
  url: z.string(),
  db: z.string(),
  uuid: z.string(),
  fingerprint: z.string(),
  version: z.string(),
  login: z.string(),
  pairedAt: z.string(),
})
export type PairedOdoo = Readonly<z.infer<typeof pairedShape>> & { readonly epoch: string }

export const pairBody = z.object({
  protocol: z.number().int(),
  code: z.string().max(100),
  uuid: z.string().min(1).max(100),
  fingerprint: z.string().min(1).max(200),
  url: z
    .string()
    .max(2000)
    .refine((text) => /^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text)),
  db: z.string().min(1).max(200),
  version: z.string().max(100),
})
export type PairRequest = z.infer<typeof pairBody>

export interface Account {
  readonly url: string
  readonly db: string
  readonly login: string
  readonly apiKey: string
}

export interface Pairing {
  /** null: nobody is paired. */
  state(): PairedOdoo | null
  /** How to call Odoo; null until its key has arrived. */
  account(): Account | null
  wakeKeys(): readonly Buffer[]
  /** Odoo's clock minus ours, as last learnt. */
  clockOffsetMs(): number
  learnOffset(offsetMs: number): void
  pair(request: PairRequest): Promise<{ protocol: number; sidecar: string; epoch: string; key: string }>
  key(request: { readonly login: string; readonly api_key: string }): Promise<void>
  unpair(): Promise<void>
  /** Draws a code and shows it; the one before is void. */
  newCode(): string
}

export interface PairingOptions {
  readonly store: SidecarStore
  readonly clock: Clock
  readonly log: Log
  /** PAIRING_CODE of the environment. */
  readonly fixedCode?: string | undefined
  /** Where a drawn code is shown to the operator: his terminal, never the log. */
  readonly showCode: (code: string) => void
}

export function createPairing({ store, clock, log, fixedCode, showCode }: PairingOptions): Pairing {
  const code = createPairingCode()
  let paired = readPaired(store)
  let secrets = store.secrets(PLACE)
  let wakeKeys = keysOf(secrets)
  let offsetMs = Number(store.setting(SETTING.offset) ?? 0)

  const newCode = () => {
    const drawn = drawCode()
    code.set(drawn)
    showCode(drawn)
    return drawn
  }

  const save = async (next: typeof paired, values: Readonly<Record<string, string>>) => {
    const { epoch: _, ...stored } = next ?? { epoch: '' }
    await Promise.all([
      store.putSetting(SETTING.paired, next ? JSON.stringify(stored) : null),
      store.putSecrets(PLACE, values, clock.iso()),
    ])
    paired = next
    secrets = store.secrets(PLACE)
    wakeKeys = keysOf(secrets)
  }

  const useCode = (given: string) => {
    const verdict = code.check(given)
    if (verdict === 'right') return
    if (verdict === 'exhausted') newCode()
    log.warn({ verdict }, 'a pairing was refused')
    throw new HttpError(401, 'pairing-code', verdict === 'none' ? NO_CODE : WRONG_CODE)
  }

  /** What is under way belongs to the database it came from. */
  const forgetOther = async ({ uuid, fingerprint }: PairRequest) => {
    const before = store.setting(SETTING.uuid)
    const { waitingInbox, unknownOrders, openOperations } = store.counts()
    const busy = waitingInbox + unknownOrders + openOperations
    if (before !== null && before !== uuid && busy > 0) throw new HttpError(422, 'other-database', OTHER_DATABASE)
    if (before !== uuid || paired?.fingerprint !== fingerprint) await store.forgetLinks()
    await store.putSetting(SETTING.uuid, uuid)
  }

  const replace = async (request: PairRequest) => {
    await forgetOther(request)
    const { protocol: _protocol, code: _code, ...odoo } = request
    const wake = newKey()
    // should Odoo not commit, it still signs with the key before
    const before = secrets.wake_key ?? ''
    await save(
      { ...odoo, url: odoo.url.replace(/\/+$/, ''), login: '', pairedAt: clock.iso(), epoch: store.id },
      { wake_key: wake, wake_key_before: before, api_key: '' },
    )
    if (fixedCode && hashOf(fixedCode) === hashOf(request.code)) await store.putSetting(SETTING.used, hashOf(fixedCode))
    return { protocol: PROTOCOL, sidecar: store.id, epoch: store.id, key: wake }
  }

  if (fixedCode && store.setting(SETTING.used) !== hashOf(fixedCode)) code.set(fixedCode)
  else if (paired === null) newCode()

  return {
    state: () => paired,
    account: () => accountOf(paired, secrets),
    wakeKeys: () => wakeKeys,
    clockOffsetMs: () => offsetMs,
    learnOffset(learnt) {
      if (Math.abs(learnt - offsetMs) < OFFSET_STEP_MS) return
      offsetMs = learnt
      log.info({ offsetMs }, 'the clock of Odoo differs from ours; it is allowed for')
      store.putSetting(SETTING.offset, String(learnt)).catch(() => undefined)
    },
    async pair(request) {
      if (request.protocol !== PROTOCOL) throw new HttpError(422, 'protocol', otherProtocol(request.protocol))
      useCode(request.code)
      try {
        const answer = await replace(request)
        log.info({ database: request.db, odoo: request.version }, 'paired')
        return answer
      } catch (error) {
        code.giveBack(request.code)
        throw error
      }
    },
    async key({ login, api_key }) {
      if (paired === null) throw new HttpError(401, 'no-key', NO_CODE)
      await save({ ...paired, login }, { api_key, wake_key_before: '' })
      log.info('the key to Odoo has arrived')
    },
    async unpair() {
      await save(null, { api_key: '', wake_key: '', wake_key_before: '' })
      log.info('unpaired')
      newCode()
    },
    newCode,
  }
}

const NO_CODE =
  'No pairing code is valid now: restart the sidecar, or ask it for a new one, and read it in its terminal.'
const WRONG_CODE =
  'The pairing code is wrong. Read it in the terminal of the sidecar; after five wrong ones it prints a new one.'
const OTHER_DATABASE =
  'This sidecar still holds changes of another database. Start it with an empty data folder, or pair it with its own database.'

export function otherProtocol(theirs: number): string {
  return `The addon speaks protocol ${theirs}, the sidecar ${PROTOCOL}: upgrade the older of the two.`
}

function accountOf(paired: PairedOdoo | null, secrets: Readonly<Record<string, string>>): Account | null {
  const apiKey = secrets.api_key
  if (paired === null || !apiKey) return null
  return { url: paired.url, db: paired.db, login: paired.login, apiKey }
}

function keysOf(secrets: Readonly<Record<string, string>>): readonly Buffer[] {
  return [secrets.wake_key, secrets.wake_key_before].flatMap((text) => (text ? (parseKey(text) ?? []) : []))
}

function readPaired(store: SidecarStore): PairedOdoo | null {
  const text = store.setting(SETTING.paired)
  return text === null ? null : { ...pairedShape.parse(JSON.parse(text)), epoch: store.id }
}
