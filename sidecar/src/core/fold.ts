/** A fast series of changes of one link is one change on purpose: what counts is the pair that stands at the end. */

export interface FoldRow {
  /** A decimal string; ids commit out of order, so the highest is the newest, not the last in the list. */
  readonly id: string
  readonly cause: string
  readonly user: string
  /** The operation that made this row, or empty: a person or another program did. */
  readonly origin: string
  readonly hops: number
  readonly skipped: boolean
}

export interface Fold {
  /** Gets the outcome. */
  readonly last: string
  /** These end as "folded into the last". */
  readonly folded: readonly string[]
  /** Whose doing it was: a person's row before what our own operations made. */
  readonly trigger: string
  readonly user: string
  /** Every row was made under `skip_marketplace_sync`. */
  readonly skipped: boolean
  /** Every row was made by our own operations. */
  readonly own: boolean
  readonly hops: number
  readonly answer: 'ours' | 'theirs' | null
}

const ANSWERS: Readonly<Record<string, 'ours' | 'theirs'>> = { answer_ours: 'ours', answer_theirs: 'theirs' }

/** Null: there are no rows. */
export function fold(rows: readonly FoldRow[]): Fold | null {
  const newestFirst = [...rows].sort((a, b) => compareIds(b.id, a.id))
  const [last, ...older] = newestFirst
  if (last === undefined) return null
  const real = newestFirst.filter((row) => !row.skipped)
  const speaker = real.find((row) => row.origin === '') ?? real[0] ?? last
  return {
    last: last.id,
    folded: older.map((row) => row.id).reverse(),
    trigger: speaker.cause,
    user: speaker.user,
    skipped: real.length === 0,
    own: rows.every((row) => row.origin !== ''),
    hops: Math.max(...rows.map((row) => row.hops)),
    answer: newestFirst.map(answerOf).find((answer) => answer !== null) ?? null,
  }
}

function answerOf({ cause }: FoldRow): 'ours' | 'theirs' | null {
  return (Object.hasOwn(ANSWERS, cause) ? ANSWERS[cause] : undefined) ?? null
}

/** Decimal strings of any length. */
export function compareIds(a: string, b: string): number {
  const [x, y] = [BigInt(a), BigInt(b)]
  return x < y ? -1 : x > y ? 1 : 0
}
