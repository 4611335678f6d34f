/** The pairing code: works once, a handful of guesses each, and only its hash is kept. */
import { randomBytes } from 'node:crypto'
import { sameSecret, sha256Hex } from '../../lib/crypto.ts'

const ALPHABET = '23456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 12
const GUESSES = 5

export interface PairingCode {
  /** `right` uses it up; `exhausted` means that too many guesses voided it just now. */
  check(given: string): 'right' | 'wrong' | 'exhausted' | 'none'
  /** The use came to nothing: the same code may be entered again. */
  giveBack(given: string): void
  set(code: string): void
}

export function createPairingCode(): PairingCode {
  let hash: string | null = null
  let guesses = 0

  return {
    check(given) {
      if (hash === null) return 'none'
      if (sameSecret(hashOf(given), hash)) {
        hash = null
        return 'right'
      }
      guesses += 1
      if (guesses < GUESSES) return 'wrong'
      hash = null
      return 'exhausted'
    },
    giveBack(given) {
      hash ??= hashOf(given)
    },
    set(code) {
      hash = hashOf(code)
      guesses = 0
    },
  }
}

/** As a person types it: case, spaces and dashes do not count. */
export function hashOf(code: string): string {
  return sha256Hex(`pairing code ${code.toLowerCase().replace(/[\s-]/g, '')}`)
}

/** Letters and digits that are not mistaken for each other, about 59 bits. */
export function drawCode(): string {
  let code = ''
  while (code.length < LENGTH) {
    // 240 = 8 * 30: above it some letters would come more often
    const usable = [...randomBytes(LENGTH)].filter((byte) => byte < 240)
    code += usable.map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('')
  }
  return code.slice(0, LENGTH).replace(/(.{4})(?=.)/g, '$1-')
}
