/** A page that reports an error fails its journey, unless the error is named here or by the journey, with its reason. */
import { type BrowserContext, expect } from '@playwright/test'

interface Allowed {
  readonly pattern: RegExp
  readonly reason: string
}

const ALWAYS: readonly Allowed[] = [
  {
    pattern: /Could not get content for mail\/static\/lib\/selfie_segmentation/,
    reason: "Debian's build of Odoo leaves this library out on purpose",
  },
]

export interface ConsoleGuard {
  watch(context: BrowserContext): void
  /** For journeys in which something is broken on purpose. */
  allow(pattern: RegExp, reason: string): void
  check(): void
}

export function guard(): ConsoleGuard {
  const allowed = [...ALWAYS]
  const errors: string[] = []
  return {
    watch(context) {
      context.on('console', (message) => {
        if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`)
      })
      context.on('weberror', (error) => {
        errors.push(error.error().message)
      })
    },
    allow(pattern, reason) {
      allowed.push({ pattern, reason })
    },
    check() {
      const unexpected = errors.filter((error) => !allowed.some(({ pattern }) => pattern.test(error)))
      expect(unexpected, 'errors in the console of the browser').toEqual([])
    },
  }
}
