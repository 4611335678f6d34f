import { expect, type Locator, type Page } from '@playwright/test'
import { Screen, ShopForm } from './odoo.ts'

/** The form of a shop as a manager fills it in. */
export class ShopSettings {
  private readonly page: Page
  private readonly url: string

  constructor(page: Page, url: string) {
    this.page = page
    this.url = url
  }

  async goto(shop: number): Promise<void> {
    await new ShopForm(this.page, this.url).goto(shop)
    await expect(this.root).toBeVisible()
  }

  async gotoNew(): Promise<void> {
    await new Screen(this.page, this.url).goto('action_marketplace_shop')
    await this.page.getByRole('button', { name: 'New' }).click()
    await expect(this.root).toBeVisible()
  }

  get root(): Locator {
    return this.page.locator('.o_marketplace_settings')
  }

  /** Found by its label, as a screen reader does. */
  input(label: string): Locator {
    return this.root.getByLabel(label, { exact: true })
  }

  row(name: string): Locator {
    return this.root.locator(`[data-setting="${name}"]`)
  }

  problem(name: string): Locator {
    return this.row(name).locator('.o_marketplace_settings_problem')
  }

  get problems(): Locator {
    return this.root.locator('.o_marketplace_settings_problem')
  }

  async name(name: string): Promise<void> {
    await this.page.locator('.o_field_widget[name=name]').locator('input, textarea').fill(name)
  }

  async connector(name: string): Promise<void> {
    await this.page.locator('.o_field_widget[name=connector_id] input').fill(name)
    await this.page.locator('.o-autocomplete--dropdown-item', { hasText: name }).first().click()
  }

  async check(field: string, wanted: boolean): Promise<void> {
    await this.page.locator(`.o_field_widget[name=${field}] input`).setChecked(wanted)
  }

  async save(): Promise<void> {
    await this.page.locator('.o_form_button_save').click()
  }

  async expectSaved(): Promise<void> {
    await expect(this.page.locator('.o_form_status_indicator_buttons')).toHaveClass(/invisible/)
  }

  async shop(): Promise<number> {
    await expect(this.page).toHaveURL(/\/\d+$/)
    return Number(this.page.url().split('/').at(-1))
  }

  /** The answer in words, wherever it stands. */
  get answer(): Locator {
    return this.page.locator('.o_notification, .o_dialog .modal-body').first()
  }

  async testConnection(): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Test Connection' }).click()
    return this.answer
  }

  async closeDialog(): Promise<void> {
    await this.page.locator('.o_dialog .modal-footer button').first().click()
    await expect(this.page.locator('.o_dialog')).toHaveCount(0)
  }
}
