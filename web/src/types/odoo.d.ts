/**
 * The part of Odoo's web client that we use, typed. The same in 18 and 19; what differs is named where it is used.
 * A script, not a module: the interfaces are global and the modules are declared, not augmented.
 */

interface OdooBus {
  start(): void
  subscribe(type: string, callback: (payload: unknown) => void): void
  addEventListener(name: string, listener: () => void): void
}

interface OdooOrm {
  readonly silent: OdooOrm
  call(model: string, method: string, args: readonly unknown[]): Promise<unknown>
}

type OdooComponent = abstract new (...args: never[]) => import('@odoo/owl').Component

interface OdooRecord {
  readonly data: Readonly<Record<string, unknown>>
}

interface OdooFieldProps {
  readonly id?: string
  readonly name: string
  readonly readonly?: boolean
  readonly record: OdooRecord
}

interface OdooFieldDescription {
  readonly component: OdooComponent
  readonly displayName: string
  readonly supportedTypes: readonly string[]
  readonly extractProps: (info: { readonly viewType?: string }) => Readonly<Record<string, unknown>>
  readonly listViewWidth?: readonly [number, number]
}

interface OdooServiceDescription {
  readonly dependencies: readonly string[]
  readonly start: (
    env: unknown,
    services: { readonly bus_service: OdooBus; readonly orm: OdooOrm },
  ) => import('../services/sync_service.ts').SyncService
}

interface OdooPopover {
  readonly isOpen: boolean
  open(target: Element, props: Readonly<Record<string, unknown>>): void
  close(): void
}

declare module '@web/core/registry' {
  interface Category<Item> {
    add(name: string, item: Item): void
  }
  interface Registry {
    category(name: 'fields'): Category<OdooFieldDescription>
    category(name: 'services'): Category<OdooServiceDescription>
  }
  export const registry: Registry
}

declare module '@web/core/utils/hooks' {
  export function useService(name: 'marketplace_sync'): import('../services/sync_service.ts').SyncService
}

declare module '@web/core/popover/popover_hook' {
  interface PopoverOptions {
    readonly position?: string
    readonly popoverClass?: string
    readonly setActiveElement?: boolean
    readonly closeOnClickAway?: boolean
    /** 19 */
    readonly role?: string
    /** 18 */
    readonly popoverRole?: string
  }
  export function usePopover(component: OdooComponent, options: PopoverOptions): OdooPopover
}

declare module '@web/core/l10n/translation' {
  export function _t(source: string, ...values: readonly string[]): string
}

declare module '@web/views/fields/standard_field_props' {
  export const standardFieldProps: Readonly<Record<string, { readonly type: unknown; readonly optional?: boolean }>>
}

/** Set by the web client to the user's language and to the time zone in which Odoo shows every other time. */
declare namespace luxon {
  class DateTime {
    static readonly DATE_MED: Intl.DateTimeFormatOptions
    static readonly TIME_SIMPLE: Intl.DateTimeFormatOptions
    static readonly DATETIME_MED: Intl.DateTimeFormatOptions
    static fromISO(iso: string): DateTime
    static now(): DateTime
    readonly isValid: boolean
    hasSame(other: DateTime, unit: 'day'): boolean
    toLocaleString(format: Intl.DateTimeFormatOptions): string
  }
}
