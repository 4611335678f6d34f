/** The part of Odoo's form that a field which edits its record uses. The same in 18 and 19. */

interface OdooModel {
  readonly bus: EventTarget
}

interface OdooRecord {
  readonly id: string
  readonly dirty: boolean
  readonly isNew: boolean
  readonly model: OdooModel
  update(changes: Readonly<Record<string, unknown>>): Promise<void>
  setInvalidField(name: string): Promise<void>
  isFieldInvalid(name: string): boolean
}

interface OdooActions {
  doAction(action: string, options?: { readonly forceLeave?: boolean }): Promise<void>
}

declare module '@web/core/utils/hooks' {
  export function useService(name: 'action'): OdooActions
  export function useBus(bus: EventTarget, name: string, callback: (event: CustomEvent) => void): void
}

declare module '@web/core/user' {
  export const user: { readonly isSystem: boolean }
}
