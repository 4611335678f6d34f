/**
 * The page where a person plays the retailer. Rendered here, whole, for every look; `live.js` fetches it anew each second
 * and carries over what differs, so that it works without script as well.
 */
import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import { html } from 'hono/html'
import type { ControlDeps } from '../control.ts'
import { renderDetail } from './detail.ts'
import { renderList } from './list.ts'
import { renderTrouble } from './trouble.ts'

const asset = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

export function createPage(deps: ControlDeps) {
  const page = new Hono()
  const style = asset('style.css')
  const script = asset('live.js')

  page.get('/style.css', (c) => c.body(style, 200, { 'content-type': 'text/css' }))
  page.get('/live.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript' }))
  page.get('/favicon.ico', (c) => c.body(null, 204))
  page.get('/', (c) => c.html(render(deps, c.req.query('order') ?? '', c.req.query('search') ?? '')))
  return page
}

function render(deps: ControlDeps, selected: string, search: string) {
  const kept = deps.store.find(selected)
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Cartona (stand-in)</title>
    <link rel="stylesheet" href="/style.css">
    <script src="/live.js" defer></script>
  </head>
  <body>
    <header>
      <h1>Cartona <small>stand-in</small></h1>
      <p>You are the retailer. The supplier works in Odoo.</p>
      <p id="live" role="status"></p>
    </header>
    <main data-selected="${kept ? 'yes' : 'no'}">
      ${renderList(deps.store.all(), selected, search)}
      ${renderDetail(kept)}
      ${renderTrouble(deps.faults.state(), deps.ledger.newest(300))}
    </main>
  </body>
</html>`
}
