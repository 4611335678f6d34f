/** The retailer's side of the stand-in Cartona: what a person does on its page, as calls. */
import { join } from 'node:path'
import { z } from 'zod'
import { repo, stackDir } from './paths.ts'
import { launch } from './processes.ts'

const keptSchema = z.object({
  order: z.object({
    hashed_id: z.string(),
    receipt_id: z.string(),
    status: z.string(),
    cancellation_reason: z.string(),
  }),
  history: z.array(z.object({ actor: z.string(), to: z.string() })),
})

export interface ShopOrder {
  readonly ref: string
  readonly number: string
  readonly status: string
  /** Every status the order has had, oldest first, each with who set it. */
  readonly history: readonly { readonly actor: string; readonly to: string }[]
}

export interface NewOrder {
  readonly products: readonly { readonly name: string; readonly price: number }[]
  readonly quantity: number
  readonly fulfilledBy: 'us' | 'shop'
}

export class Retailer {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  async createOrder(wish: NewOrder): Promise<ShopOrder> {
    const lines = wish.products.map(({ name, price }) => ({ product: name, amount: wish.quantity, price }))
    const delivered_by = wish.fulfilledBy === 'us' ? 'delivered_by_supplier' : 'delivered_by_cartona'
    return shopOrder(await this.ask('POST', '/orders', { delivered_by, lines }))
  }

  async order(ref: string): Promise<ShopOrder> {
    return shopOrder(await this.ask('GET', `/orders/${encodeURIComponent(ref)}`))
  }

  async cancel(ref: string, reason = 'changed my mind'): Promise<void> {
    await this.ask('POST', `/orders/${encodeURIComponent(ref)}/cancel`, { reason })
  }

  /** Legal steps only, as the platform would take them. */
  async move(ref: string, status: string, actor: 'retailer' | 'cartona' | 'supplier' = 'retailer'): Promise<void> {
    await this.ask('POST', `/orders/${encodeURIComponent(ref)}/status`, { status, actor })
  }

  private async ask(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.url}/__standin${path}`, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(10_000),
    })
    const answer = await response.text()
    if (!response.ok) throw new Error(`the stand-in answered ${response.status} to ${method} ${path}: ${answer}`)
    return JSON.parse(answer)
  }
}

function shopOrder(answer: unknown): ShopOrder {
  const { order, history } = keptSchema.parse(answer)
  return { ref: order.hashed_id, number: order.receipt_id, status: order.status, history }
}

export interface CartonaOptions {
  readonly port: number
  readonly token: string
}

export const cartonaData = () => join(stackDir(), 'cartona.json')

export function launchCartona(options: CartonaOptions): void {
  launch('cartona', {
    command: process.execPath,
    args: ['--import', 'tsx', join(repo, 'test/marketplaces/cartona/main.ts')],
    cwd: repo,
    env: {
      PATH: process.env.PATH ?? '',
      HOST: '127.0.0.1',
      PORT: String(options.port),
      CARTONA_TOKEN: options.token,
      DATA_FILE: cartonaData(),
    },
    stopSignal: 'SIGTERM',
  })
}
