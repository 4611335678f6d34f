/** The client that the flows use: it picks the transport, adds what every request carries, and believes no answer unread. */
import { z } from 'zod'
import type { Clock } from '../lib/clock.ts'
import { type OdooClient, OdooError } from './client.ts'
import { statusFault } from './faults.ts'
import { createJson2 } from './json2.ts'
import { type Account, createWire, type Transport, type Wire } from './transport.ts'
import {
  acknowledgeAnswer,
  applyAnswer,
  claimAnswer,
  configAnswer,
  type Envelope,
  emptyAnswer,
  envelopeSchema,
  PROTOCOL,
  readAnswer,
} from './wire.ts'
import { createXmlRpc } from './xmlrpc.ts'

const FIRST_WITH_JSON2 = 19

export interface ConnectSettings extends Account {
  readonly transport: 'auto' | 'json2' | 'xmlrpc'
  readonly timeoutMs: number
}

/** What an answer tells beside its contents. */
export interface Heard {
  readonly envelope: Envelope
  /** Odoo's clock minus ours. */
  readonly offsetMs: number
  readonly tookMs: number
}

export interface OdooClientOptions extends ConnectSettings {
  readonly epoch: string
  readonly clock: Clock
  /** Only this database is ours; another one under the same address is refused. */
  readonly expect?: { readonly uuid: string; readonly fingerprint: string }
  readonly onAnswer?: (heard: Heard) => void
}

export interface ClosableOdooClient extends OdooClient {
  close(): void
}

/** Asks the server which transport it has, unless the settings say so. */
export async function connect(settings: ConnectSettings): Promise<Transport & { close(): void }> {
  const wire = createWire(settings)
  try {
    const transport = await choose(wire, settings)
    return { ...transport, close: wire.close }
  } catch (error) {
    wire.close()
    throw error
  }
}

async function choose(wire: Wire, settings: ConnectSettings): Promise<Transport> {
  const kind = settings.transport === 'auto' ? await newest(wire) : settings.transport
  return kind === 'json2' ? createJson2(wire, settings) : createXmlRpc(wire, settings)
}

async function newest(wire: Wire): Promise<'json2' | 'xmlrpc'> {
  return (await odooVersion(wire)) >= FIRST_WITH_JSON2 ? 'json2' : 'xmlrpc'
}

const versionAnswer = z.object({
  result: z.object({ server_version_info: z.tuple([z.coerce.string()]).rest(z.unknown()) }),
})

/** The major version: 18, 19, ... Odoo's hosted versions call themselves "saas~18". */
async function odooVersion(wire: Wire): Promise<number> {
  const body = JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 1, params: {} })
  const answer = await wire.post('/web/webclient/version_info', { 'content-type': 'application/json' }, body)
  const fault = statusFault(answer, /^application\/json/)
  if (fault) throw fault
  const read = versionAnswer.safeParse(tryJson(answer.body))
  const major = Number(read.data?.result.server_version_info[0].replace(/^\D*/, '').split('.')[0])
  if (major > 0) return major
  throw new OdooError('not-ours', 'NOT_ODOO', 'What answers at the address of Odoo is no Odoo: set the address right.')
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export function createOdooClient(options: OdooClientOptions): ClosableOdooClient {
  const wire = createWire(options)
  const carried = { protocol: PROTOCOL, epoch: options.epoch }
  const hear = listener(options)
  let chosen: Promise<Transport> | null = null

  const transport = (): Promise<Transport> => {
    chosen ??= choose(wire, options).catch((error: unknown) => {
      chosen = null
      throw error
    })
    return chosen
  }

  async function call<T extends Envelope>(
    [model, method]: readonly [string, string],
    shape: z.ZodType<T>,
    request: Readonly<Record<string, unknown>>,
  ): Promise<T> {
    const via = await transport()
    const before = options.clock.now()
    const value = await via.call(model, method, { ...request, ...carried })
    const after = options.clock.now()
    const answer = read(shape, value, `${model}.${method}`)
    hear(answer, before, after)
    return answer
  }

  return {
    claim: (request) => call(['marketplace.outbox', 'claim'], claimAnswer, request),
    acknowledge: (request) => call(['marketplace.outbox', 'acknowledge'], acknowledgeAnswer, request),
    read: (request) => call(['marketplace.apply', 'read'], readAnswer, request),
    apply: (request) => call(['marketplace.apply', 'apply'], applyAnswer, request),
    announce: (request) => call(['marketplace.connector', 'announce'], emptyAnswer, request),
    config: (request) => call(['marketplace.connector', 'config'], configAnswer, request),
    report: (request) => call(['marketplace.connector', 'report'], emptyAnswer, request),
    close: wire.close,
  }
}

function read<T>(shape: z.ZodType<T>, value: unknown, method: string): T {
  const envelope = envelopeSchema.safeParse(value)
  if (envelope.success && envelope.data.protocol !== PROTOCOL)
    throw new OdooError(
      'not-ours',
      'PROTOCOL',
      `The addon in Odoo speaks protocol ${envelope.data.protocol}, this sidecar ${PROTOCOL}: upgrade the older of the two.`,
    )
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: '' }
  throw new OdooError(
    'refused',
    'PROTOCOL',
    `Odoo's answer to ${method} is not as protocol ${PROTOCOL} says, at "${path.join('.')}": ${message}. Upgrade the addon and the sidecar together.`,
  )
}

/** An answer that was long under way tells little about the clock: the last quick one counts. */
const QUICK_MS = 2000

function listener({ expect, onAnswer }: OdooClientOptions) {
  let offsetMs: number | null = null
  return ({ protocol, uuid, fingerprint, instance, now }: Envelope, before: number, after: number): void => {
    if (expect && (fingerprint !== expect.fingerprint || uuid !== expect.uuid))
      throw new OdooError('not-ours', 'COPY', 'Another database answers than the one that was paired: pair again.')
    const tookMs = after - before
    const told = Date.parse(now)
    if (!Number.isNaN(told) && (offsetMs === null || tookMs <= QUICK_MS))
      offsetMs = Math.round(told - before - tookMs / 2)
    onAnswer?.({ envelope: { protocol, uuid, fingerprint, instance, now }, offsetMs: offsetMs ?? 0, tookMs })
  }
}
