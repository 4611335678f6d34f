/** What can go wrong on the way to a marketplace, each a knob: the next `count` times, or with a `probability`. */
import { z } from 'zod'

export const FAULTS = {
  too_many_requests: 'Answer 429, do nothing',
  server_error: 'Answer 500, do nothing',
  error_after_applying: 'Apply, then answer 500',
  timeout_after_applying: 'Apply, then never answer',
  drop_before_applying: 'Drop the connection, do nothing',
  drop_after_applying: 'Apply, then drop the connection',
  web_page: 'Answer with a web page, do nothing',
  duplicate_pull: 'Feed: every order twice',
  reorder_pull: 'Feed: in another order',
  change_after_pull: 'Feed: the retailer acts right after it',
} as const
export type FaultName = keyof typeof FAULTS

const knobSchema = z.object({
  count: z.coerce.number().int().min(0).max(1_000_000).default(0),
  probability: z.coerce.number().min(0).max(1).default(0),
  /** Which calls it hits. */
  on: z.enum(['any', 'pull', 'write', 'acknowledge']).default('any'),
})
type Knob = z.infer<typeof knobSchema>
export type CallKind = 'pull' | 'write' | 'acknowledge'

export const faultsPatch = z.object({
  latency_ms: z.coerce.number().int().min(0).max(120_000).optional(),
  retry_after_seconds: z.coerce.number().int().min(0).max(3600).optional(),
  seed: z.coerce.number().int().optional(),
  knobs: z.partialRecord(z.enum(faultNames()), knobSchema).optional(),
})
export type FaultsPatch = z.infer<typeof faultsPatch>

export interface FaultState {
  readonly latency_ms: number
  readonly retry_after_seconds: number
  readonly seed: number
  readonly knobs: Readonly<Record<FaultName, Knob>>
}

export interface Faults {
  state(): FaultState
  set(patch: FaultsPatch): void
  /** Whether this fault hits this call; counts it off. */
  hits(name: FaultName, call: CallKind): boolean
  /** A number from 0 to 1 from the same seeded row. */
  chance(): number
  reset(): void
}

export function createFaults(): Faults {
  let state = quiet()
  let chance = seeded(state.seed)

  const setKnob = (name: FaultName, knob: Knob) => {
    state = { ...state, knobs: { ...state.knobs, [name]: knob } }
  }

  return {
    state: () => state,
    set({ knobs = {}, ...rest }) {
      state = { ...state, ...rest, knobs: { ...state.knobs, ...knobs } }
      if (rest.seed !== undefined) chance = seeded(rest.seed)
    },
    hits(name, call) {
      const knob = state.knobs[name]
      if (knob.on !== 'any' && knob.on !== call) return false
      if (knob.count > 0) {
        setKnob(name, { ...knob, count: knob.count - 1 })
        return true
      }
      return knob.probability > 0 && chance() < knob.probability
    },
    chance: () => chance(),
    reset() {
      state = quiet()
      chance = seeded(state.seed)
    },
  }
}

export function faultNames(): FaultName[] {
  return Object.keys(FAULTS).filter((name): name is FaultName => name in FAULTS)
}

function quiet(): FaultState {
  const off = (): Knob => ({ count: 0, probability: 0, on: 'any' })
  return {
    latency_ms: 0,
    retry_after_seconds: 1,
    seed: 1,
    knobs: {
      too_many_requests: off(),
      server_error: off(),
      error_after_applying: off(),
      timeout_after_applying: off(),
      drop_before_applying: off(),
      drop_after_applying: off(),
      web_page: off(),
      duplicate_pull: off(),
      reorder_pull: off(),
      change_after_pull: off(),
    },
  }
}

/** mulberry32: small, and the same row for the same seed on every machine. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
