import { html } from 'hono/html'
import type { Kept } from '../state.ts'
import { badge, money, notesOf } from './words.ts'

const SHOWN = 100

export function renderList(orders: readonly Kept[], selected: string, search: string) {
  const wanted = search.trim().toLowerCase()
  const found = orders.filter((kept) => matches(kept, wanted)).reverse()
  return html`
<section id="orders" aria-label="Orders">
  ${renderCreate()}
  <form id="search" role="search" method="get" action="/">
    <input name="search" type="search" value="${search}" placeholder="Number or status" aria-label="Find an order" autocomplete="off">
    <button>Find</button>
  </form>
  <p id="count">${countOf(orders.length, found.length)}</p>
  ${orders.length === 0 ? html`<p class="empty">There are no orders yet.<br>Place one to begin.</p>` : ''}
  <ul id="rows">${found.slice(0, SHOWN).map((kept) => renderRow(kept, selected, search))}</ul>
</section>`
}

function countOf(all: number, found: number): string {
  if (all === 0) return ''
  const shown = found > SHOWN ? `, the newest ${SHOWN} shown` : ''
  return found === all ? `${all} ${all === 1 ? 'order' : 'orders'}${shown}` : `${found} of ${all} orders${shown}`
}

function matches({ order }: Kept, wanted: string): boolean {
  if (wanted === '') return true
  return [order.receipt_id, order.hashed_id, order.status].some((text) => text.toLowerCase().includes(wanted))
}

function renderRow({ order }: Kept, selected: string, search: string) {
  const query = new URLSearchParams(search === '' ? { order: order.hashed_id } : { order: order.hashed_id, search })
  return html`
<li id="row-${order.hashed_id}">
  <a href="/?${query}" aria-current="${order.hashed_id === selected ? 'true' : 'false'}">
    <span class="number">${order.receipt_id}</span>
    ${badge(order.status)}
    <span class="row-about">${[money(order.total_price), ...notesOf(order)].join(' · ')}</span>
  </a>
</li>`
}

function renderCreate() {
  return html`
<form id="create" method="post" action="/__standin/orders">
  <button class="primary">Place an order</button>
  <details>
    <summary>Options</summary>
    <label>Order id <input name="hashed_id" placeholder="made up" autocomplete="off"></label>
    <label>Delivered by
      <select name="delivered_by">
        <option value="delivered_by_supplier">the supplier</option>
        <option value="delivered_by_cartona">Cartona</option>
      </select>
    </label>
    <label>Paid in instalments <input name="installment_cost" type="number" min="0" step="0.01" placeholder="0"></label>
    <label>Wallet top-up <input name="wallet_top_up" type="number" min="0" step="0.01" placeholder="0"></label>
  </details>
</form>`
}
