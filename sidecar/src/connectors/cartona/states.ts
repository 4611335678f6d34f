/**
 * The statuses of Cartona and who makes which step. Source: the vendor's API document and order-cycle guide in the
 * history of github.com/cartona/cartona_odoo. Last checked: 2026-11-21.
 */
import type { LegalStep } from '../../core/entities.ts'
import type { StatusInfo } from '../contract.ts'

export const STATUSES = [
  { code: 'pending', label: 'Pending', final: false },
  { code: 'editing', label: 'Buyer is editing', final: false, actor: 'buyer' },
  { code: 'approved', label: 'Approved', final: false },
  { code: 'assigned_to_salesman', label: 'Assigned to salesman (shipped)', final: false },
  { code: 'delivered', label: 'Delivered', final: true },
  { code: 'cancelled_by_retailer', label: 'Cancelled by the retailer', final: true, actor: 'buyer' },
  { code: 'cancelled_by_supplier', label: 'Cancelled by the supplier', final: true, actor: 'us' },
  { code: 'returned', label: 'Returned', final: true },
] as const satisfies readonly StatusInfo[]

export type CartonaStatus = (typeof STATUSES)[number]['code']

const us = <S>(to: S) => ({ to, by: 'us' }) as const
const retailer = <S>(to: S) => ({ to, by: 'shop' }) as const
// the supplier's step, which Cartona makes itself on orders that it delivers
const either = <S>(to: S) => ({ to, by: 'either' }) as const

export const STEPS: Readonly<Record<CartonaStatus, readonly LegalStep<CartonaStatus>[]>> = {
  pending: [either('approved'), retailer('editing'), retailer('cancelled_by_retailer'), us('cancelled_by_supplier')],
  editing: [retailer('pending')],
  approved: [either('assigned_to_salesman'), retailer('cancelled_by_retailer'), us('cancelled_by_supplier')],
  assigned_to_salesman: [either('delivered'), us('cancelled_by_supplier'), either('returned')],
  delivered: [],
  cancelled_by_retailer: [],
  cancelled_by_supplier: [],
  returned: [],
}

/** Cartona's own addon spells it `return` on the way in; the guide spells it `returned`. */
export function statusFrom(word: string): string {
  return word === 'return' ? 'returned' : word
}
