import { html } from 'hono/html'
import { type Actor, needsOtp, type Order, type Status } from '../state.ts'

export const LABELS: Readonly<Record<Status, string>> = {
  pending: 'Pending',
  editing: 'Editing',
  approved: 'Approved',
  assigned_to_salesman: 'On its way',
  delivered: 'Delivered',
  cancelled_by_retailer: 'Cancelled by you',
  cancelled_by_supplier: 'Cancelled by the supplier',
  returned: 'Returned',
}

export const WHO: Readonly<Record<Actor, string>> = { retailer: 'You', supplier: 'The supplier', cartona: 'Cartona' }

export const badge = (status: Status) => html`<span class="badge ${status}">${LABELS[status]}</span>`

export const time = (at: string) => html`<time datetime="${at}">${at.slice(11, 19)}</time>`

export const money = (amount: number) => `${amount.toLocaleString('en', { minimumFractionDigits: 2 })} EGP`

export function notesOf(order: Order): string[] {
  return [
    order.delivered_by === 'delivered_by_cartona' ? 'delivered by Cartona' : '',
    needsOtp(order) ? 'needs your code' : '',
  ].filter((note) => note !== '')
}

export const sentence = (reason: string) => {
  const words = reason.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
