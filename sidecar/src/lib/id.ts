/**
 * Ids that sort by time: 10 characters of milliseconds, 16 of randomness (80 bits), in an alphabet whose letters keep their order in every
 * collation. Ordered keys also keep the index of the store in cache: random ones make its slowest writes five times slower.
 */
import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_LENGTH = 10
const RANDOM_LENGTH = 16
const ID = /^[0-9a-hjkmnp-tv-z]{26}$/

export type RandomSource = (bytes: number) => Uint8Array

export interface IdSource {
  next(): string
}

export interface IdOptions {
  readonly clock: Clock
  readonly random?: RandomSource
  /** The newest id already given, so that a clock that was set back over a restart cannot make an older one. */
  readonly after?: string | null
}

export function createIds({ clock, random = randomBytes, after = null }: IdOptions): IdSource {
  const start = after !== null && ID.test(after) ? after : null
  let lastMs = start ? decodeTime(start) : -1
  let tail = start ? decodeTail(start) : []
  return {
    next() {
      const now = clock.now()
      // within one millisecond, and while the clock is behind, count upwards instead of drawing
      if (now > lastMs || !increment(tail)) {
        lastMs = Math.max(now, lastMs + 1)
        tail = drawTail(random)
      }
      return encodeTime(lastMs) + tail.map(letter).join('')
    },
  }
}

/** A random name without an order, for instance for a store or a pairing. */
export function randomId(random: RandomSource = randomBytes): string {
  return Buffer.from(random(16)).toString('hex')
}

export function isId(text: string): boolean {
  return ID.test(text)
}

function letter(value: number): string {
  return ALPHABET.charAt(value)
}

function drawTail(random: RandomSource): number[] {
  return Array.from(random(RANDOM_LENGTH), (byte) => byte & 31)
}

/** False when all digits are at their end: the caller then moves on by a millisecond. */
function increment(digits: number[]): boolean {
  for (let place = digits.length - 1; place >= 0; place -= 1) {
    const digit = digits[place] ?? 0
    digits[place] = (digit + 1) & 31
    if (digit < 31) return true
  }
  return false
}

function encodeTime(ms: number): string {
  let rest = ms
  let text = ''
  for (let place = 0; place < TIME_LENGTH; place += 1) {
    text = letter(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  return text
}

function decodeTime(id: string): number {
  return [...id.slice(0, TIME_LENGTH)].reduce((ms, char) => ms * 32 + ALPHABET.indexOf(char), 0)
}

function decodeTail(id: string): number[] {
  return [...id.slice(TIME_LENGTH)].map((char) => ALPHABET.indexOf(char))
}
