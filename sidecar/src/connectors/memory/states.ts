import type { LegalStep } from '../../core/entities.ts'
import type { StatusInfo } from '../contract.ts'

export const STATUSES = [
  { code: 'new', label: 'New', final: false },
  { code: 'changing', label: 'Buyer is changing it', final: false, actor: 'buyer' },
  { code: 'accepted', label: 'Accepted', final: false },
  { code: 'shipped', label: 'Shipped', final: false },
  { code: 'received', label: 'Received', final: true },
  { code: 'cancelled_by_buyer', label: 'Cancelled by the buyer', final: true, actor: 'buyer' },
  { code: 'cancelled_by_seller', label: 'Cancelled by the seller', final: true, actor: 'us' },
  { code: 'returned', label: 'Returned', final: true },
] as const satisfies readonly StatusInfo[]

export type MemoryStatus = (typeof STATUSES)[number]['code']

const us = <S>(to: S) => ({ to, by: 'us' }) as const
const shop = <S>(to: S) => ({ to, by: 'shop' }) as const
const either = <S>(to: S) => ({ to, by: 'either' }) as const

export const STEPS: Readonly<Record<MemoryStatus, readonly LegalStep<MemoryStatus>[]>> = {
  new: [either('accepted'), shop('changing'), shop('cancelled_by_buyer'), us('cancelled_by_seller')],
  changing: [shop('new'), shop('cancelled_by_buyer')],
  accepted: [either('shipped'), shop('cancelled_by_buyer'), us('cancelled_by_seller')],
  shipped: [either('received'), either('returned')],
  received: [],
  cancelled_by_buyer: [],
  cancelled_by_seller: [],
  returned: [],
}

export function isMemoryStatus(word: string): word is MemoryStatus {
  return word in STEPS
}
