/** The orders, in memory and, with a file, as a journal beside it: a killed stand-in comes back as it was. */
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { newOrder, type Wanted } from './orders.ts'
import {
  acknowledged,
  HOUSE,
  type House,
  type Kept,
  keptSchema,
  type Move,
  type Moved,
  move,
  withAmounts,
} from './state.ts'

export interface OrderStore {
  readonly house: House
  setHouse(house: Partial<House>): void
  create(wanted: Wanted): Kept
  find(id: string): Kept | null
  all(): readonly Kept[]
  move(id: string, wanted: Omit<Move, 'at'>): Moved | null
  setAmounts(id: string, amounts: Readonly<Record<string, number>>): void
  acknowledge(id: string): boolean
  reset(): void
}

export function createStore(dataFile: string | null, now: () => number): OrderStore {
  const orders = load(dataFile)
  let house = HOUSE
  let last = Math.max(0, ...[...orders.values()].map((kept) => kept.sequence))

  const keep = (kept: Kept): Kept => {
    orders.set(kept.order.hashed_id, kept)
    if (dataFile) appendFileSync(dataFile, `${JSON.stringify(kept)}\n`)
    return kept
  }
  const at = () => new Date(now()).toISOString()

  return {
    get house() {
      return house
    },
    setHouse(change) {
      house = { ...house, ...change }
    },
    create(wanted) {
      last += 1
      return keep(newOrder(wanted, last, at()))
    },
    find: (id) => orders.get(id) ?? null,
    all: () => [...orders.values()],
    move(id, wanted) {
      const kept = orders.get(id)
      if (!kept) return null
      const result = move(kept, { ...wanted, at: at() }, house)
      if (result.ok && result.changed) keep(result.kept)
      return result
    },
    setAmounts(id, amounts) {
      const kept = orders.get(id)
      if (kept) keep(withAmounts(kept, amounts))
    },
    acknowledge(id) {
      const kept = orders.get(id)
      if (kept) keep(acknowledged(kept))
      return kept !== undefined
    },
    reset() {
      orders.clear()
      house = HOUSE
      last = 0
      if (dataFile) writeFileSync(dataFile, '')
    },
  }
}

/** The newest line of an order wins. The journal is written anew, so that it does not grow over restarts. */
function load(dataFile: string | null): Map<string, Kept> {
  const orders = new Map<string, Kept>()
  if (!dataFile || !existsSync(dataFile)) return orders
  for (const line of readFileSync(dataFile, 'utf8').split('\n')) {
    const kept = lineOf(line)
    if (kept) orders.set(kept.order.hashed_id, kept)
  }
  const fresh = [...orders.values()].map((kept) => `${JSON.stringify(kept)}\n`).join('')
  writeFileSync(`${dataFile}.new`, fresh)
  renameSync(`${dataFile}.new`, dataFile)
  return orders
}

/** A kill in the middle of a line leaves half of it: that change was never answered. */
function lineOf(line: string): Kept | null {
  try {
    const kept = keptSchema.safeParse(JSON.parse(line))
    return kept.success ? kept.data : null
  } catch {
    return null
  }
}
