import { html } from 'hono/html'
import { FAULTS, type FaultName, type FaultState, faultNames } from '../faults.ts'
import type { RequestEntry } from '../ledger.ts'
import { time } from './words.ts'

export function renderTrouble(faults: FaultState, requests: readonly RequestEntry[]) {
  return html`
<section id="trouble" aria-label="Line to the supplier">
  <h2>Line to the supplier</h2>
  <p id="line-state" class="${isQuiet(faults) ? 'fine' : 'broken'}">${stateOf(faults)}</p>
  <details id="knobs">
    <summary>Make trouble</summary>
    <form id="faults" method="post" action="/__standin/faults">
      <label>Delay every answer by (ms) <input name="latency_ms" type="number" min="0" max="120000" value="${faults.latency_ms}"></label>
      <label>Retry-After of a 429 (s) <input name="retry_after_seconds" type="number" min="0" max="3600" value="${faults.retry_after_seconds}"></label>
      <label>Seed of chance <input name="seed" type="number" value="${faults.seed}"></label>
      <table>
        <thead><tr><th>Fault</th><th>Next</th><th>Chance</th></tr></thead>
        <tbody>${faultNames().map((name) => renderKnob(name, faults))}</tbody>
      </table>
      <div class="actions"><button>Set</button></div>
    </form>
    <form id="calm" method="post" action="/__standin/faults/reset" class="actions"><button>All quiet again</button></form>
  </details>
  <h3>What the supplier asked</h3>
  ${requests.length === 0 ? html`<p class="empty">Nothing yet.</p>` : ''}
  <ol id="requests">${folded(requests).map(renderRequest)}</ol>
</section>`
}

function renderKnob(name: FaultName, { knobs }: FaultState) {
  const { count, probability } = knobs[name]
  return html`
<tr id="knob-${name}">
  <td>${FAULTS[name]}</td>
  <td><input name="knobs.${name}.count" type="number" min="0" max="1000000" value="${count}" aria-label="${FAULTS[name]}: how many times"></td>
  <td><input name="knobs.${name}.probability" type="number" min="0" max="1" step="0.01" value="${probability}" aria-label="${FAULTS[name]}: probability"></td>
</tr>`
}

const isOn = ({ count, probability }: FaultState['knobs'][FaultName]) => count > 0 || probability > 0

function isQuiet(faults: FaultState): boolean {
  return faults.latency_ms === 0 && !Object.values(faults.knobs).some(isOn)
}

function stateOf(faults: FaultState): string {
  const on = faultNames().filter((name) => isOn(faults.knobs[name]))
  const words = on.map((name) => {
    const { count, probability } = faults.knobs[name]
    const how = count > 0 ? `next ${count}` : `${Math.round(probability * 100)} %`
    return `${FAULTS[name]} (${how})`
  })
  if (faults.latency_ms > 0) words.unshift(`Answers delayed by ${faults.latency_ms} ms`)
  return words.length === 0 ? 'All is well.' : words.join('. ')
}

interface Shown {
  readonly entry: RequestEntry
  readonly times: number
}

/** An idle supplier asks for the feed again and again: one line tells it. */
function folded(requests: readonly RequestEntry[]): Shown[] {
  const shown: Shown[] = []
  for (const entry of requests) {
    const last = shown.at(-1)
    const isSame = last && isPull(entry) && isPull(last.entry) && last.entry.status === entry.status
    if (isSame) shown[shown.length - 1] = { entry: last.entry, times: last.times + 1 }
    else shown.push({ entry, times: 1 })
  }
  return shown.slice(0, 30)
}

const isPull = (entry: RequestEntry) => entry.wanted === ''

function renderRequest({ entry, times }: Shown) {
  const failed = entry.status === 0 || entry.status >= 400 || entry.fault !== ''
  const name = isPull(entry) ? 'looked at the feed' : `${entry.order} ${entry.wanted}`
  const what = times > 1 ? `${name} (${times} times)` : name
  const came = entry.status === 0 ? 'no answer' : String(entry.status)
  return html`<li class="${failed ? 'failed' : ''}">${time(entry.at)} <span class="what">${what}</span> <span class="came">${came}</span></li>`
}
