/** Every request that reached the API, for people and tests that look from outside. Never a header: no token. */
export interface RequestEntry {
  readonly number: number
  readonly at: string
  readonly method: string
  readonly path: string
  readonly order: string
  readonly wanted: string
  /** What was answered; 0 when the connection was dropped or left hanging. */
  readonly status: number
  readonly fault: string
  readonly applied: boolean
}

const KEPT = 20_000

export interface Ledger {
  note(entry: Omit<RequestEntry, 'number' | 'at'>): void
  since(number: number): readonly RequestEntry[]
  newest(count: number): readonly RequestEntry[]
  clear(): void
}

export function createLedger(now: () => number): Ledger {
  let entries: RequestEntry[] = []
  let last = 0
  return {
    note(entry) {
      last += 1
      entries.push({ number: last, at: new Date(now()).toISOString(), ...entry })
      if (entries.length > KEPT * 2) entries = entries.slice(-KEPT)
    },
    since: (number) => entries.filter((entry) => entry.number > number),
    newest: (count) => entries.slice(-count).reverse(),
    clear() {
      entries = []
    },
  }
}
