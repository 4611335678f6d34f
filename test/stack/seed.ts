/**
 * What a fresh stack holds: a shop "Cartona Cairo", deliverable products, linked orders in different stages, and a second
 * company that must hear nothing. The functions are small so that tests can ask for one more order in the stage they need.
 */
import { z } from 'zod'
import { many2one, type OdooRpc, text } from './odoo-rpc.ts'
import type { Retailer } from './retailer.ts'
import { until } from './wait.ts'

export interface Product {
  readonly id: number
  readonly name: string
  readonly price: number
}

export interface Seeded {
  readonly company: number
  readonly otherCompany: number
  readonly shop: number
  readonly partner: number
  readonly products: readonly Product[]
}

/** `quotation`; `ready`: confirmed, goods reserved; `delivered`: the delivery is validated. */
export type Stage = 'quotation' | 'ready' | 'delivered'

export interface LinkedOrder {
  readonly order: number
  readonly name: string
  readonly picking: number | null
  readonly link: number
  /** The shop's key of the order, and the number a person knows it by. */
  readonly ref: string
  readonly number: string
}

const CATALOGUE = [
  { name: 'Basmati rice 5 kg', code: 'RICE-5', price: 245 },
  { name: 'Sunflower oil 1 l', code: 'OIL-1', price: 78.5 },
  { name: 'Black tea 250 g', code: 'TEA-250', price: 62 },
] as const

export async function mainCompany(rpc: OdooRpc): Promise<number> {
  return rpc.ref('base.main_company')
}

/** Products with enough stock for every test of a day. */
export async function seedProducts(rpc: OdooRpc, company: number): Promise<readonly Product[]> {
  const rows = CATALOGUE.map(({ name, code, price }) => ({
    name,
    default_code: code,
    list_price: price,
    type: 'consu',
    is_storable: true,
  }))
  const ids = z.array(z.number()).parse(await rpc.call('product.product', 'create', [rows]))
  const [warehouse] = await rpc.searchRead(
    'stock.warehouse',
    [['company_id', '=', company]],
    { lot_stock_id: many2one },
    { limit: 1 },
  )
  const location = warehouse?.lot_stock_id ? warehouse.lot_stock_id[0] : 0
  const counts = ids.map((product_id) => ({ product_id, location_id: location, inventory_quantity: 100_000 }))
  const quants = await rpc.call('stock.quant', 'create', [counts], { context: { inventory_mode: true } })
  await rpc.call('stock.quant', 'action_apply_inventory', [quants], { context: { inventory_mode: true } })
  return CATALOGUE.map(({ name, price }, index) => ({ id: ids[index] ?? 0, name, price }))
}

export async function seedPartner(rpc: OdooRpc, name = 'Nour Grocery'): Promise<number> {
  return rpc.create('res.partner', { name, street: '12 Tahrir Street', city: 'Cairo' })
}

export interface ShopWish {
  readonly name: string
  readonly connector: number
  readonly company: number
  readonly baseUrl: string
  readonly token: string
}

/** A shop as a manager fills it in: settings on the form, the token as a write-only secret. */
export async function seedShop(rpc: OdooRpc, wish: ShopWish): Promise<number> {
  const shop = await rpc.create('marketplace.shop', {
    name: wish.name,
    connector_id: wish.connector,
    company_id: wish.company,
    settings: { base_url: wish.baseUrl, poll_seconds: 5 },
  })
  await rpc.call('marketplace.shop', 'set_secrets', [[shop], { token: wish.token }])
  return shop
}

/** People: one who sells and ships, and one of another company. */
export async function seedPeople(rpc: OdooRpc, company: number): Promise<number> {
  const other = await rpc.create('res.company', { name: 'Other Company' })
  await seedUser(rpc, 'sales', 'Salma of Sales', company)
  await seedUser(rpc, 'other', 'Omar of the Other Company', other)
  return other
}

const GROUPS = [
  'base.group_user',
  'sales_team.group_sale_manager',
  'stock.group_stock_user',
  'marketplace_sync.group_user',
]

/** The password is the login. */
export async function seedUser(rpc: OdooRpc, login: string, name: string, company: number): Promise<number> {
  const groups = await Promise.all(GROUPS.map((xmlId) => rpc.ref(xmlId)))
  const field = await rpc.fieldName('res.users', 'group_ids', 'groups_id')
  const values = {
    name,
    login,
    password: login,
    company_id: company,
    company_ids: [[6, 0, [company]]],
    [field]: [[6, 0, groups]],
  }
  return rpc.create('res.users', values, { no_reset_password: true })
}

export interface OrderWish {
  readonly stage: Stage
  readonly quantity?: number
  readonly fulfilledBy?: 'us' | 'shop'
  /** Wait until the badge says synced; tests of a broken sidecar do not. */
  readonly settle?: boolean
}

/**
 * One order on both sides, linked as a quotation against a pending order of the shop, then moved to its stage in Odoo by
 * Odoo's own methods: the product itself brings the shop along.
 */
export async function createLinkedOrder(
  rpc: OdooRpc,
  retailer: Retailer,
  seeded: Seeded,
  wish: OrderWish,
): Promise<LinkedOrder> {
  const quantity = wish.quantity ?? 2
  const fulfilledBy = wish.fulfilledBy ?? 'us'
  const theirs = await retailer.createOrder({ products: seeded.products, quantity, fulfilledBy })
  const order = await createOrder(rpc, seeded, quantity, theirs.number)
  const link = z.number().parse(
    await rpc.call('marketplace.link', 'link_order', [
      {
        shop_id: seeded.shop,
        order_id: order,
        shop_ref: theirs.ref,
        shop_number: theirs.number,
        theirs: theirs.status,
        fulfilled_by: fulfilledBy,
      },
    ]),
  )
  await moveTo(rpc, order, wish.stage)
  if (wish.settle ?? true) await untilSynced(rpc, link)
  const { name } = await rpc.readOne('sale.order', order, { name: z.string() })
  return { order, name, picking: await deliveryOf(rpc, order), link, ref: theirs.ref, number: theirs.number }
}

export async function createOrder(rpc: OdooRpc, seeded: Seeded, quantity: number, reference: string): Promise<number> {
  const lines = seeded.products.map(({ id, price }) => [
    0,
    0,
    { product_id: id, product_uom_qty: quantity, price_unit: price },
  ])
  return rpc.create('sale.order', {
    partner_id: seeded.partner,
    company_id: seeded.company,
    client_order_ref: reference,
    order_line: lines,
  })
}

export async function moveTo(rpc: OdooRpc, order: number, stage: Stage): Promise<void> {
  if (stage === 'quotation') return
  await rpc.call('sale.order', 'action_confirm', [[order]])
  if (stage === 'delivered') await validate(rpc, await deliveryOf(rpc, order))
}

/** The newest delivery of an order, or null before it is confirmed. */
export async function deliveryOf(rpc: OdooRpc, order: number): Promise<number | null> {
  const found = await rpc.search('stock.picking', [['sale_id', '=', order]], { order: 'id desc', limit: 1 })
  return found[0] ?? null
}

/** The Validate button, without the two questions it may ask. */
export async function validate(rpc: OdooRpc, picking: number | null): Promise<void> {
  await rpc.call('stock.picking', 'button_validate', [[picking]], { context: { skip_sms: true, skip_backorder: true } })
}

export async function linkState(
  rpc: OdooRpc,
  link: number,
): Promise<{ state: string; reason: string; detail: string; theirs: string }> {
  return rpc.readOne('marketplace.link', link, { state: text, reason: text, detail: text, theirs: text })
}

export async function untilSynced(rpc: OdooRpc, link: number, patienceMs = 30_000): Promise<void> {
  await until(`link ${link} is synced`, patienceMs, async () =>
    (await linkState(rpc, link)).state === 'synced' ? true : null,
  )
}

/** The whole seed, about ten seconds. */
export async function seed(rpc: OdooRpc, retailer: Retailer, shop: Omit<ShopWish, 'company'>): Promise<Seeded> {
  const company = await mainCompany(rpc)
  const products = await seedProducts(rpc, company)
  const partner = await seedPartner(rpc)
  const shopId = await seedShop(rpc, { ...shop, company })
  const otherCompany = await seedPeople(rpc, company)
  const seeded = { company, otherCompany, shop: shopId, partner, products }
  const wishes: readonly OrderWish[] = [
    { stage: 'quotation' },
    { stage: 'ready' },
    { stage: 'ready', quantity: 5 },
    { stage: 'ready', fulfilledBy: 'shop' },
    { stage: 'delivered' },
  ]
  const orders = []
  for (const wish of wishes) orders.push(await createLinkedOrder(rpc, retailer, seeded, { ...wish, settle: false }))
  await retailer.createOrder({ products, quantity: 3, fulfilledBy: 'us' })
  for (const order of orders) await untilSynced(rpc, order.link)
  return seeded
}
