/** What can go wrong with the disk, by name, so that the HTTP edge answers 503 and a person reads what to do. */
import { SealError } from '../lib/crypto.ts'

export const STORE_FAULTS = {
  full: 'The disk of the sidecar is full: nothing new can be stored. Free some space; it goes on by itself.',
  readonly: 'The data folder of the sidecar cannot be written: check its owner and its mount.',
  busy: 'Another process holds the store of the sidecar: end it, or wait until it is done.',
  io: 'The disk of the sidecar fails to read or write: look at the disk, then at the log.',
  corrupt: 'The store of the sidecar is damaged: stop the sidecar and put its last backup back.',
  secret: 'A secret of the store does not open with the secret key of this sidecar.',
  missing: 'The record does not exist in the store.',
  rule: 'The store refused a record that breaks one of its rules.',
  bug: 'The store failed in a way that is a fault of the sidecar: see the log.',
} as const
export type StoreFault = keyof typeof STORE_FAULTS

/** Faults of the surroundings: the same write may succeed later. */
const PASSING: ReadonlySet<StoreFault> = new Set<StoreFault>(['full', 'readonly', 'busy', 'io', 'corrupt'])

export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly fault: StoreFault

  constructor(fault: StoreFault, message: string = STORE_FAULTS[fault], options?: { cause?: unknown }) {
    super(message, options)
    this.fault = fault
  }

  get unavailable(): boolean {
    return PASSING.has(this.fault)
  }
}

export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  if (error instanceof SealError) return new StoreError('secret', error.message, { cause: error })
  const fault = faultOf(codeOf(error))
  return new StoreError(fault, STORE_FAULTS[fault], { cause: error })
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return codeOf(error.cause)
}

const BY_PREFIX: readonly (readonly [string, StoreFault])[] = [
  ['SQLITE_FULL', 'full'],
  ['ENOSPC', 'full'],
  ['SQLITE_READONLY', 'readonly'],
  ['SQLITE_PERM', 'readonly'],
  ['SQLITE_CANTOPEN', 'readonly'],
  ['EACCES', 'readonly'],
  ['EROFS', 'readonly'],
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_IOERR', 'io'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_NOTADB', 'corrupt'],
  ['SQLITE_CONSTRAINT', 'rule'],
]

function faultOf(code: string): StoreFault {
  return BY_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'bug'
}
