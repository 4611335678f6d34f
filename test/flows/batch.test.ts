import { describe, expect, it } from 'vitest'
import { createBatcher, Stopped } from '../../sidecar/src/flows/batch.ts'
import { OdooError } from '../../sidecar/src/odoo/client.ts'

const make = (send: (items: number[]) => Promise<number[]>, limit = 10) =>
  createBatcher<number, number>({ limit, send, onTrouble: () => {}, firstDelayMs: 1, lastDelayMs: 4 })

const soon = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('a batcher', () => {
  it('sends a lone item at once, and what gathers meanwhile as one batch', async () => {
    const batches: number[][] = []
    const batcher = make(async (items) => {
      batches.push(items)
      await soon()
      return items.map((item) => item * 2)
    })
    const first = batcher.add(1)
    await Promise.resolve()
    const rest = [2, 3, 4].map((item) => batcher.add(item))
    expect(await Promise.all([first, ...rest])).toEqual([2, 4, 6, 8])
    expect(batches).toEqual([[1], [2, 3, 4]])
  })

  it('never has two calls in the air, and never carries more than its limit', async () => {
    let inTheAir = 0
    let most = 0
    let largest = 0
    const batcher = make(async (items) => {
      inTheAir += 1
      most = Math.max(most, inTheAir)
      largest = Math.max(largest, items.length)
      await soon()
      inTheAir -= 1
      return items
    }, 3)
    await Promise.all(Array.from({ length: 20 }, (_, item) => batcher.add(item)))
    expect(most).toBe(1)
    expect(largest).toBe(3)
  })

  it('repeats a call that may be repeated until it goes through', async () => {
    let tries = 0
    const batcher = make(async (items) => {
      tries += 1
      if (tries < 4) throw new OdooError('unreachable', 'TEST', 'down')
      return items
    })
    expect(await batcher.add(7)).toBe(7)
    expect(tries).toBe(4)
  })

  it('cuts out the one item that is refused: its neighbours get through', async () => {
    const batcher = make(async (items) => {
      if (items.includes(13)) throw new OdooError('refused', 'TEST', 'no')
      return items
    }, 50)
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, item) => batcher.add(item)))
    expect(results.flatMap((result, index) => (result.status === 'rejected' ? [index] : []))).toEqual([13])
  })

  it('does not sit out its delay when the other side was just heard', async () => {
    let tries = 0
    const batcher = createBatcher<number, number>({
      limit: 1,
      onTrouble: () => {},
      firstDelayMs: 60_000,
      send: async (items) => {
        tries += 1
        if (tries === 1) throw new OdooError('unreachable', 'TEST', 'down')
        return items
      },
    })
    const done = batcher.add(1)
    await soon()
    batcher.poke()
    expect(await done).toBe(1)
  })

  it('lets nobody wait for ever when it stops', async () => {
    const batcher = make(async () => {
      throw new OdooError('unreachable', 'TEST', 'down')
    })
    const waiting = batcher.add(1)
    batcher.stop()
    await expect(waiting).rejects.toBeInstanceOf(Stopped)
    await expect(batcher.add(2)).rejects.toBeInstanceOf(Stopped)
  })
})
