/** What may happen next in a story. */

/** Drawn alike, so what stands here twice comes twice as often. */
export const STEPS = [
  'user',
  'user',
  'user',
  'shop',
  'shop',
  'look',
  'look',
  'look',
  'look',
  'look',
  'look',
  'deliver',
  'deliver',
  'double',
  'lose',
  'skip',
  'answer',
  'poll',
  'lost-answer',
] as const
export interface Step {
  readonly kind: (typeof STEPS)[number]
  /** Which of the possible ones. */
  readonly pick: number
}
