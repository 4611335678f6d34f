import { Component, onPatched, useRef } from '@odoo/owl'
import { _t } from '@web/core/l10n/translation'
import { registry } from '@web/core/registry'
import { user } from '@web/core/user'
import { useBus, useService } from '@web/core/utils/hooks'
import { standardFieldProps } from '@web/views/fields/standard_field_props'
import {
  fromText,
  type NewSecrets,
  type Problem,
  parseSecrets,
  parseSettings,
  parseValues,
  problemOf,
  problemOfSecret,
  type Setting,
  textOf,
  type Value,
} from './schema.ts'

const PROBLEMS: Readonly<Record<Problem, () => string>> = {
  missing: () => _t('Please fill this in.'),
  'no-number': () => _t('Enter a whole number.'),
  'no-address': () => _t('Enter an address that begins with https:// or http://.'),
  'no-choice': () => _t('Choose one of the list.'),
}

/** `set`: it lies at the sidecar. `removed`: it will be deleted by saving. `typing`: a new one can be typed. */
type SecretFace = 'set' | 'removed' | 'typing'

interface Row extends Setting {
  readonly id: string
  /** The control that the label belongs to, where there is one. */
  readonly labels: string | undefined
  readonly value: Value
  readonly text: string
  /** A sentence, once somebody tried to save. */
  readonly problem: string
  readonly describedBy: string
}

/** The settings of a shop, drawn from the schema that its connector announced. */
export class ShopSettings extends Component {
  static override template = 'marketplace_sync.ShopSettings'
  static override props = { ...standardFieldProps, id: { type: String, optional: true } }

  declare props: OdooFieldProps
  private actions: OdooActions | null = null
  private root: { el: Element | null } = { el: null }
  /** The control that takes the focus once it is drawn: the one that was pressed is gone by then. */
  private toFocus = ''

  override setup(): void {
    this.actions = useService('action')
    this.root = useRef('root')
    useBus(this.props.record.model.bus, 'NEED_LOCAL_CHANGES', () => this.check())
    onPatched(() => this.focus())
  }

  // what the record says -----------------------------------------------------------------------------------------------

  private get settings(): readonly Setting[] {
    return parseSettings(this.props.record.data.setting_fields)
  }

  private get values(): Readonly<Record<string, Value>> {
    return parseValues(this.props.record.data[this.props.name])
  }

  private get newSecrets(): NewSecrets {
    return parseSecrets(this.props.record.data.new_secrets)
  }

  private get secretsSet(): Readonly<Record<string, Value>> {
    return parseValues(this.props.record.data.secrets_set)
  }

  get face(): 'no-sidecar' | 'no-connector' | 'form' {
    if (this.settings.length > 0) return 'form'
    return this.props.record.data.has_connectors || !this.props.record.isNew ? 'no-connector' : 'no-sidecar'
  }

  get mayPair(): boolean {
    return user.isSystem
  }

  /** The tab key goes down one column, then down the other. */
  get columns(): readonly (readonly Row[])[] {
    const rows = this.settings.map((setting) => this.row(setting))
    const half = Math.ceil(rows.length / 2)
    return [rows.slice(0, half), rows.slice(half)]
  }

  private row(setting: Setting): Row {
    const id = `${this.props.id ?? this.props.name}_${setting.name}`
    const value = this.values[setting.name] ?? null
    const problem = this.props.record.isFieldInvalid(this.props.name) ? this.problemOf(setting) : null
    return {
      ...setting,
      id,
      labels: this.hasControl(setting) ? id : undefined,
      value,
      text: textOf(value),
      problem: problem ? PROBLEMS[problem]() : '',
      describedBy: [problem ? `${id}_problem` : '', setting.help ? `${id}_help` : ''].filter(Boolean).join(' '),
    }
  }

  private problemOf(setting: Setting): Problem | null {
    const { name, kind } = setting
    if (kind === 'secret') return problemOfSecret(setting, this.isSet(name), this.newSecrets[name])
    return problemOf(setting, this.values[name] ?? null)
  }

  isSet(name: string): boolean {
    return name in this.secretsSet
  }

  private hasControl({ name, kind }: Setting): boolean {
    if (kind === 'boolean') return true
    return !this.props.readonly && (kind !== 'secret' || this.secretFace(name) === 'typing')
  }

  choiceLabel({ choices, value }: Row): string {
    return choices.find((choice) => choice.value === value)?.label ?? ''
  }

  isOffered({ choices, value }: Row): boolean {
    return choices.some((choice) => choice.value === value)
  }

  secretFace(name: string): SecretFace {
    const typed = this.newSecrets[name]
    if (typed === '') return 'removed'
    return this.isSet(name) && typed === undefined ? 'set' : 'typing'
  }

  setOn(name: string): string {
    const date = luxon.DateTime.fromISO(textOf(this.secretsSet[name]))
    if (!this.isSet(name)) return _t('Not set')
    return date.isValid ? _t('Set on %s', date.toLocaleString(luxon.DateTime.DATE_MED)) : _t('Set')
  }

  typedSecret(name: string): string {
    return this.newSecrets[name] ?? ''
  }

  // what a person does -------------------------------------------------------------------------------------------------

  onText(row: Row, event: { target: HTMLInputElement | HTMLSelectElement }): void {
    this.put({ [this.props.name]: { ...this.values, [row.name]: fromText(row.kind, event.target.value) } })
  }

  onCheck(row: Row, event: { target: HTMLInputElement }): void {
    this.put({ [this.props.name]: { ...this.values, [row.name]: event.target.checked } })
  }

  onSecret(row: Row, event: { target: HTMLInputElement }): void {
    this.putSecret(row.name, event.target.value || null)
  }

  replace(row: Row): void {
    this.toFocus = row.name
    this.putSecret(row.name, null)
  }

  remove(row: Row): void {
    this.toFocus = row.name
    this.putSecret(row.name, '')
  }

  keep(row: Row): void {
    this.toFocus = row.name
    const others = Object.entries(this.newSecrets).filter(([name]) => name !== row.name)
    this.put({ new_secrets: Object.fromEntries(others) })
  }

  pair(): void {
    // an unfinished shop cannot be saved without a connector, so it must not hold the person back
    this.actions?.doAction('marketplace_sync.action_marketplace_settings', { forceLeave: true })
  }

  private putSecret(name: string, value: string | null): void {
    this.put({ new_secrets: { ...this.newSecrets, [name]: value } })
  }

  /** Where problems are shown already, they stay until they are solved. */
  private async put(changes: Readonly<Record<string, unknown>>): Promise<void> {
    const wasInvalid = this.props.record.isFieldInvalid(this.props.name)
    await this.props.record.update(changes)
    if (wasInvalid) this.check()
  }

  /** Asked before each save: Odoo does not save a record with an invalid field. */
  private check(): void {
    const { record, name, readonly } = this.props
    if (readonly || !record.dirty) return
    if (this.settings.some((setting) => this.problemOf(setting) !== null)) record.setInvalidField(name)
  }

  private focus(): void {
    if (this.toFocus === '') return
    const control = this.root.el?.querySelector(`[data-setting="${this.toFocus}"] :is(input, button)`)
    if (control instanceof HTMLElement) control.focus()
    this.toFocus = ''
  }
}

export function registerShopSettings(): void {
  registry.category('fields').add('shop_settings', {
    component: ShopSettings,
    displayName: _t('Settings of a shop'),
    supportedTypes: ['json'],
    extractProps: () => ({}),
  })
}
