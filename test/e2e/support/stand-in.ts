/** What the shop saw, and what is made to go wrong there. */
import { expect } from '@playwright/test'
import { z } from 'zod'
import type { FaultsPatch } from '../../marketplaces/cartona/faults.ts'
import { answers } from '../../stack/processes.ts'
import { until } from '../../stack/wait.ts'

export class StandIn {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  async break(faults: FaultsPatch): Promise<void> {
    await this.post('faults', faults)
  }

  async calm(): Promise<void> {
    await this.post('faults/reset', {})
  }

  async healthy(): Promise<void> {
    await until('the stand-in answers', 30_000, async () =>
      (await answers(`${this.url}/__standin/health`)) ? true : null,
    )
  }

  /** Every status that we wrote, oldest first: the outside ledger. */
  async toldBySupplier(ref: string): Promise<string[]> {
    const response = await fetch(`${this.url}/__standin/orders/${encodeURIComponent(ref)}`)
    const { history } = historySchema.parse(await response.json())
    return history.filter(({ actor }) => actor === 'supplier').map(({ to }) => to)
  }

  /** How many statuses we have set there. "synced" is none: it only confirms what the feed brought. */
  async writes(): Promise<number> {
    const response = await fetch(`${this.url}/__standin/requests`)
    return appliedSchema
      .parse(await response.json())
      .filter(({ applied, wanted }) => applied && wanted !== '' && wanted !== 'synced').length
  }

  private async post(path: string, body: object): Promise<void> {
    const response = await fetch(`${this.url}/__standin/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(response.ok, `${path}: ${await response.text()}`).toBe(true)
  }
}

const historySchema = z.object({ history: z.array(z.object({ actor: z.string(), to: z.string() })) })

const appliedSchema = z.array(z.object({ applied: z.boolean(), wanted: z.string() }))
