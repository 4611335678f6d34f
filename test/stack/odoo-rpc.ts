/**
 * Odoo as the web client calls it: a session login and `/web/dataset/call_kw`. The same on 18 and 19, and a UserError
 * arrives with its own words.
 */
import { z } from 'zod'

const answerSchema = z.object({
  result: z.unknown().optional(),
  error: z
    .object({
      message: z.string(),
      data: z.object({ name: z.string().optional(), message: z.string().optional() }).optional(),
    })
    .optional(),
})

const loginSchema = z.object({ uid: z.number().int() })

export type Domain = readonly (string | readonly [string, string, unknown])[]
export type Values = Readonly<Record<string, unknown>>

export class OdooFault extends Error {
  readonly kind: string

  constructor(kind: string, message: string) {
    super(message)
    this.name = 'OdooFault'
    this.kind = kind
  }
}

export interface Credentials {
  readonly url: string
  readonly db: string
  readonly login: string
  readonly password: string
}

export class OdooRpc {
  readonly url: string
  readonly uid: number
  readonly cookie: string

  private constructor(url: string, uid: number, cookie: string) {
    this.url = url
    this.uid = uid
    this.cookie = cookie
  }

  static async login({ url, db, login, password }: Credentials): Promise<OdooRpc> {
    const { result, headers } = await post(`${url}/web/session/authenticate`, { db, login, password }, '')
    const session = headers.getSetCookie().find((text) => text.startsWith('session_id='))
    const user = loginSchema.safeParse(result)
    if (!session || !user.success) throw new OdooFault('login', `${login} could not log in to ${db}`)
    return new OdooRpc(url, user.data.uid, session.split(';')[0] ?? '')
  }

  /** Calls a public method. The answer is unknown until the caller parses it. */
  async call(model: string, method: string, args: readonly unknown[] = [], kwargs: Values = {}): Promise<unknown> {
    const params = { model, method, args, kwargs }
    const { result } = await post(`${this.url}/web/dataset/call_kw/${model}/${method}`, params, this.cookie)
    return result
  }

  async create(model: string, values: Values, context: Values = {}): Promise<number> {
    const made = await this.call(model, 'create', [[values]], { context })
    return z.tuple([z.number().int()]).parse(made)[0]
  }

  async write(model: string, ids: readonly number[], values: Values, context: Values = {}): Promise<void> {
    await this.call(model, 'write', [ids, values], { context })
  }

  async search(model: string, domain: Domain, options: Values = {}): Promise<number[]> {
    return z.array(z.number().int()).parse(await this.call(model, 'search', [domain], options))
  }

  /** Records in the caller's shape; the shape's keys are the fields that are read. */
  async searchRead<S extends z.ZodRawShape>(
    model: string,
    domain: Domain,
    shape: S,
    options: Values = {},
  ): Promise<z.infer<z.ZodObject<S>>[]> {
    const rows = await this.call(model, 'search_read', [domain, Object.keys(shape)], options)
    return z.array(z.object(shape)).parse(rows)
  }

  async readOne<S extends z.ZodRawShape>(model: string, id: number, shape: S): Promise<z.infer<z.ZodObject<S>>> {
    const rows = await this.call(model, 'read', [[id], Object.keys(shape)])
    const [row] = z.array(z.object(shape)).parse(rows)
    if (!row) throw new OdooFault('missing', `${model} ${id} does not exist`)
    return row
  }

  /** The id behind an XML id such as `stock.stock_location_stock`. */
  async ref(xmlId: string): Promise<number> {
    const [module = '', name = ''] = xmlId.split('.', 2)
    const domain: Domain = [
      ['module', '=', module],
      ['name', '=', name],
    ]
    const [found] = await this.searchRead('ir.model.data', domain, { res_id: z.number().int() })
    if (!found) throw new OdooFault('missing', `there is no record ${xmlId}`)
    return found.res_id
  }

  /** Which of two names a model has: some were renamed between 18 and 19. */
  async fieldName<A extends string, B extends string>(model: string, first: A, second: B): Promise<A | B> {
    const fields = await this.call(model, 'fields_get', [[first, second], ['type']])
    return first in z.record(z.string(), z.unknown()).parse(fields) ? first : second
  }
}

/** A many2one as RPC gives it: false or [id, name]. */
export const many2one = z.union([z.literal(false), z.tuple([z.number().int(), z.string()])])
/** A text field as RPC gives it: false when empty. */
export const text = z.union([z.literal(false).transform(() => ''), z.string()])

async function post(url: string, params: Values, cookie: string): Promise<{ result: unknown; headers: Headers }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(cookie ? { cookie } : {}) },
    body: JSON.stringify({ jsonrpc: '2.0', method: 'call', params }),
    signal: AbortSignal.timeout(120_000),
  })
  const body = await response.text()
  if (!response.ok) throw new OdooFault('http', `${url} answered ${response.status}: ${body.slice(0, 300)}`)
  const answer = answerSchema.parse(JSON.parse(body))
  if (answer.error)
    throw new OdooFault(answer.error.data?.name ?? 'error', answer.error.data?.message ?? answer.error.message)
  return { result: answer.result ?? null, headers: response.headers }
}
