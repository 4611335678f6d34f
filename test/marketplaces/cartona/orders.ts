/** New orders as a retailer would place them. The number decides about everything: the same number, the same order. */
import { type Kept, type Line, type Order, type Status, totalOf } from './state.ts'

export interface Wanted {
  readonly hashed_id?: string | undefined
  readonly receipt_id?: string | undefined
  readonly supplier_code?: string | undefined
  readonly status?: Status | undefined
  readonly delivered_by?: Order['delivered_by'] | undefined
  readonly installment_cost?: number | undefined
  readonly wallet_top_up?: number | undefined
  readonly lines?: readonly { readonly product: string; readonly amount: number; readonly price: number }[] | undefined
}

const GOODS = [
  { product: 'Full cream milk 1 l, carton of 12', price: 380 },
  { product: 'Sunflower oil 800 ml, carton of 12', price: 780 },
  { product: 'Basmati rice 5 kg', price: 310 },
  { product: 'Tea 250 g, box of 24', price: 1440 },
  { product: 'Sugar 1 kg, bag of 10', price: 340 },
] as const

const SHOPS = ['Hayat Market', 'Nour Grocery', 'El Salam Store', 'Corner Shop 12', 'Delta Mini Market'] as const

export function newOrder(wanted: Wanted, sequence: number, at: string): Kept {
  const lines = linesOf(wanted, sequence)
  const status = wanted.status ?? 'pending'
  const order: Order = {
    hashed_id: wanted.hashed_id ?? hashedId(sequence),
    receipt_id: wanted.receipt_id ?? String(70_000 + sequence),
    supplier_code: wanted.supplier_code ?? '1',
    status,
    delivered_by: wanted.delivered_by ?? 'delivered_by_supplier',
    edited_by_admin: false,
    created_at: at,
    delivery_day: null,
    estimated_delivery_day: null,
    cancellation_reason: '',
    return_reason: null,
    note_message: '',
    total_price: totalOf(lines),
    applied_supplier_rebate: 0,
    cartona_credit: 0,
    installment_cost: wanted.installment_cost ?? 0,
    wallet_top_up: wanted.wallet_top_up ?? 0,
    distribution_route_code: '001#033',
    retailer: retailerOf(sequence),
    order_details: lines,
  }
  const first = { at, actor: 'retailer', from: null, to: status, note: '' } as const
  const otp = String(1000 + ((sequence * 7919) % 9000))
  return { order, sequence, otp, updated_at: at, synced: false, history: [first] }
}

function linesOf(wanted: Wanted, sequence: number): Line[] {
  const lines = wanted.lines ?? [0, 1].map((index) => ({ ...goods(sequence + index), amount: 1 + index }))
  return lines.map(({ product, amount, price }, index) => ({
    id: sequence * 100 + index,
    supplier_product_id: String(110_000 + sequence),
    internal_product_id: String(400 + index),
    base_product_id: String(600 + index),
    unit: 'box',
    unit_count: 1,
    product_name: product,
    amount,
    selling_price: price,
    applied_supplier_discount: 0,
    applied_cartona_discount: 0,
    comment: null,
  }))
}

const goods = (index: number) => GOODS[index % GOODS.length] ?? GOODS[0]

function retailerOf(sequence: number): Record<string, string> {
  return {
    retailer_name: SHOPS[sequence % SHOPS.length] ?? SHOPS[0],
    retailer_code: String(3000 + (sequence % SHOPS.length)),
    retailer_number: `+2010${String(10_000_000 + sequence)}`,
    retailer_number2: '',
    retailer_address: `${1 + (sequence % 90)} Tahrir Street, Cairo`,
    address_notes: '',
  }
}

/** Letters like Cartona's own ids, without look-alikes, different for every number. */
function hashedId(sequence: number): string {
  const letters = 'abcdefghkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ'
  // a prime step through the range keeps neighbours apart and never repeats
  let rest = (sequence * 2_654_435_761) % letters.length ** 6
  let id = ''
  for (let place = 0; place < 6; place += 1) {
    id += letters[rest % letters.length]
    rest = Math.floor(rest / letters.length)
  }
  return id
}
