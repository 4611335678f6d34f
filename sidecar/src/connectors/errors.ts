import type { RefusalCode, RetryCode, UnknownCode } from './contract.ts'

/**
 * A question to a shop that got no usable answer. Reading changes nothing, so every one of these may be asked again;
 * the code tells how soon, and the message is a sentence for a person, without secrets or personal data.
 */
export class ShopError extends Error {
  readonly code: RefusalCode | RetryCode | UnknownCode
  readonly retryAfterMs: number | undefined

  constructor(code: ShopError['code'], message: string, retryAfterMs?: number) {
    super(message)
    this.name = 'ShopError'
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}
