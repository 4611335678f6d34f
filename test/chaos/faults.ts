/** A marketplace on a bad day: the stand-in's fault knobs, and the shop's patience shortened to fit the run. */
import type { World } from './world.ts'

const seldom = (probability: number, on: 'any' | 'pull' | 'write' | 'acknowledge' = 'any') => ({ probability, on })

/** The retailer's own moves are left out: whatever he does has to stand in the ledger. */
const KNOBS = {
  too_many_requests: seldom(0.03),
  server_error: seldom(0.03),
  error_after_applying: seldom(0.03),
  drop_before_applying: seldom(0.03),
  drop_after_applying: seldom(0.03),
  timeout_after_applying: seldom(0.01),
  web_page: seldom(0.02),
  duplicate_pull: seldom(0.1, 'pull'),
  reorder_pull: seldom(0.2, 'pull'),
} as const

const TIMEOUT_SECONDS = 3

export function badDay(world: World, seed: number): { begin(): Promise<void>; end(): Promise<void> } {
  const settings = { base_url: `${world.shop.url}/api/v1/`, poll_seconds: 5, timeout_seconds: TIMEOUT_SECONDS }
  return {
    async begin() {
      await world.rpc.write('marketplace.shop', [world.shop.id], { settings })
      await control(world, '/faults', { seed, latency_ms: 5, knobs: KNOBS })
    },
    end: () => control(world, '/faults/reset', {}),
  }
}

async function control({ shop }: World, path: string, body: object): Promise<void> {
  const response = await fetch(`${shop.url}/__standin${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`the stand-in answered ${response.status} to ${path}: ${await response.text()}`)
}
