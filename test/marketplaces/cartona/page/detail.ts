import { html } from 'hono/html'
import { CANCEL_REASONS, type Kept, type Line, needsOtp, type STATUSES, STEPS, type Step } from '../state.ts'
import { badge, LABELS, money, notesOf, sentence, time, WHO } from './words.ts'

export function renderDetail(kept: Kept | null) {
  if (!kept)
    return html`<section id="detail" aria-label="Order"><p class="empty">Choose an order to see its story.</p></section>`
  const { order } = kept
  return html`
<section id="detail" aria-label="Order" data-order="${order.hashed_id}">
  <a id="back" href="/">&larr; All orders</a>
  <h2 tabindex="-1">Order ${order.receipt_id} ${badge(order.status)}</h2>
  <p class="about"><code>${order.hashed_id}</code> · ${[money(order.total_price), ...notesOf(order)].join(' · ')}</p>
  ${needsOtp(order) ? html`<p class="otp">Your code for the salesman: <strong>${kept.otp}</strong></p>` : ''}
  ${renderActions(kept)}
  <h3>What happened</h3>
  <ol id="history">${[...kept.history].reverse().map(renderStep)}</ol>
  <p class="about">${feedSentence(kept)}</p>
  ${renderCartona(kept)}
</section>`
}

/** Every button stays where it is and is only switched off, so that the keyboard never loses its place. */
function renderActions({ order }: Kept) {
  const path = `/__standin/orders/${encodeURIComponent(order.hashed_id)}`
  const can = (status: (typeof STATUSES)[number]) => STEPS.retailer[order.status].includes(status)
  const off = (allowed: boolean) => (allowed ? '' : 'disabled')
  return html`
<form id="lines" method="post" action="${path}/finish-editing">
  <table>
    <thead><tr><th>Product</th><th>Amount</th><th>Price</th></tr></thead>
    <tbody>${order.order_details.map((line) => renderLine(line, order.status === 'editing'))}</tbody>
  </table>
  <div class="actions">
    <button id="finish" ${off(can('pending'))}>Finish editing</button>
    <button formaction="${path}/edit" id="edit" ${off(can('editing'))}>Edit</button>
  </div>
</form>
<form id="cancel" method="post" action="${path}/cancel" class="actions">
  <select name="reason" aria-label="Reason for cancelling" ${off(can('cancelled_by_retailer'))}>
    ${CANCEL_REASONS.map((reason) => html`<option value="${reason}">${sentence(reason)}</option>`)}
  </select>
  <button class="danger" ${off(can('cancelled_by_retailer'))}>Cancel the order</button>
</form>`
}

function renderLine(line: Line, editing: boolean) {
  return html`
<tr id="line-${line.id}">
  <td>${line.product_name}</td>
  <td><input name="amounts.${line.id}" type="number" min="1" value="${line.amount}" aria-label="Amount of ${line.product_name}" ${editing ? '' : 'disabled'}></td>
  <td>${money(line.selling_price)}</td>
</tr>`
}

function renderStep(step: Step) {
  const what = step.from === null ? 'placed the order' : html`${LABELS[step.from]} &rarr; ${badge(step.to)}`
  return html`<li class="${step.actor}">${time(step.at)} <strong>${WHO[step.actor]}</strong> ${what}${step.note ? html` <em>${sentence(step.note)}</em>` : ''}</li>`
}

function feedSentence(kept: Kept): string {
  return kept.synced
    ? 'The supplier has confirmed that he knows this state.'
    : 'Waits in the feed: the supplier has not yet confirmed this state.'
}

/** What the retailer cannot do, but Cartona's own staff and salesmen can. */
function renderCartona({ order }: Kept) {
  const next = STEPS.cartona[order.status]
  return html`
<details id="staff">
  <summary>As Cartona's staff</summary>
  <form method="post" action="/__standin/orders/${encodeURIComponent(order.hashed_id)}/status" class="actions">
    <input type="hidden" name="actor" value="cartona">
    <select name="status" aria-label="New status" ${next.length === 0 ? 'disabled' : ''}>
      ${next.map((status) => html`<option value="${status}">${LABELS[status]}</option>`)}
    </select>
    <button ${next.length === 0 ? 'disabled' : ''}>Set</button>
  </form>
</details>`
}
