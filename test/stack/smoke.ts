/** One order's status out and one in, through everything that runs, and nothing left behind. */
import { z } from 'zod'
import { OdooRpc, type Values } from './odoo-rpc.ts'
import { step } from './report.ts'
import { Retailer } from './retailer.ts'
import { createLinkedOrder, type LinkedOrder, linkState, mainCompany, type Product, type Seeded } from './seed.ts'
import { readState } from './state.ts'
import { until } from './wait.ts'

export async function smoke(): Promise<void> {
  const state = readState()
  const admin = await OdooRpc.login(state.odoo)
  const retailer = new Retailer(state.marketplaces.cartona.url)
  const order = await step('one linked order, confirmed in Odoo', async () =>
    createLinkedOrder(admin, retailer, await known(admin), { stage: 'ready', settle: false }),
  )
  try {
    await step('out: Cartona holds `approved`', () =>
      until('Cartona hears of it', 30_000, async () =>
        (await retailer.order(order.ref)).status === 'approved' ? true : null,
      ),
    )
    await step('in: the retailer cancels, Odoo has cancelled', async () => {
      await retailer.cancel(order.ref)
      await until('Odoo hears of it', 60_000, () => isCancelled(admin, order))
    })
    await step('both sides rest, in step', () =>
      until('the badge says synced', 30_000, async () =>
        (await linkState(admin, order.link)).state === 'synced' ? true : null,
      ),
    )
  } finally {
    await step('clean up', () => removeOrder(admin, order))
  }
}

/** The shop, partner and products that the seed made. */
export async function known(admin: OdooRpc): Promise<Seeded> {
  const company = await mainCompany(admin)
  const [shop = 0] = await admin.search('marketplace.shop', [['company_id', '=', company]], { order: 'id', limit: 1 })
  const [partner = 0] = await admin.search('res.partner', [['name', '=', 'Nour Grocery']], { limit: 1 })
  const [otherCompany = 0] = await admin.search('res.company', [['name', '=', 'Other Company']], { limit: 1 })
  const shape = { id: z.number(), name: z.string(), list_price: z.number() }
  const rows = await admin.searchRead(
    'product.product',
    [['default_code', 'in', ['RICE-5', 'OIL-1', 'TEA-250']]],
    shape,
  )
  const products: Product[] = rows.map(({ id, name, list_price }) => ({ id, name, price: list_price }))
  return { company, otherCompany, shop, partner, products }
}

async function isCancelled(admin: OdooRpc, { order }: LinkedOrder): Promise<true | null> {
  const { state } = await admin.readOne('sale.order', order, { state: z.string() })
  return state === 'cancel' ? true : null
}

/** Deletes the link, the deliveries and the order, whatever state they are in. */
export async function removeOrder(admin: OdooRpc, { order, link }: LinkedOrder): Promise<void> {
  const context: Values = { context: { disable_cancel_warning: true, skip_marketplace_sync: true } }
  await admin.call('marketplace.link', 'unlink', [[link]])
  await admin.call('sale.order', 'action_cancel', [[order]], context)
  const deliveries = await admin.search('stock.picking', [['sale_id', '=', order]])
  await admin.call('stock.picking', 'unlink', [deliveries], context)
  await admin.call('sale.order', 'unlink', [[order]], context)
}
