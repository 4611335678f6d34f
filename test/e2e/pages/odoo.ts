import { expect, type Locator, type Page } from '@playwright/test'
import { Badge } from './badge.ts'

abstract class OdooPage {
  readonly page: Page
  protected readonly url: string

  constructor(page: Page, url: string) {
    this.page = page
    this.url = url
  }

  protected async open(path: string): Promise<void> {
    await this.page.goto(`${this.url}${path}`)
  }

  /** A new page of the browser has no such mark: so nothing was reloaded. */
  async mark(): Promise<void> {
    await this.page.evaluate(() => Object.assign(globalThis, { marked: true }))
  }

  async expectNotReloaded(): Promise<void> {
    expect(await this.page.evaluate(() => Reflect.get(globalThis, 'marked'))).toBe(true)
  }
}

abstract class FormPage extends OdooPage {
  get badge(): Badge {
    return new Badge(this.page)
  }

  get statusBar(): Locator {
    return this.page.locator('.o_statusbar_status .o_arrow_button_current')
  }

  get chatter(): Locator {
    return this.page.locator('.o-mail-Chatter')
  }

  async expectLoaded(): Promise<void> {
    await expect(this.page.locator('.o_form_view .o_form_sheet')).toBeVisible({ timeout: 30_000 })
  }

  async openTab(name: string): Promise<void> {
    await this.page.getByRole('tab', { name }).click()
  }
}

export class LoginPage extends OdooPage {
  async goto(): Promise<void> {
    await this.open('/web/login')
  }

  async enter(login: string, password: string): Promise<void> {
    await this.page.locator('#login').fill(login)
    await this.page.locator('#password').fill(password)
    await this.page.locator('button[type=submit]').first().click()
    await expect(this.page.locator('.o_web_client .o_main_navbar')).toBeVisible({ timeout: 60_000 })
  }
}

export class OrderForm extends FormPage {
  async goto(order: number): Promise<void> {
    await this.open(`/odoo/sales/${order}`)
    await this.expectLoaded()
  }

  /** The way a person takes from the order to its delivery. */
  async openDelivery(): Promise<DeliveryForm> {
    await this.page.locator('button[name=action_view_delivery]').click()
    const delivery = new DeliveryForm(this.page, this.url)
    await delivery.expectLoaded()
    return delivery
  }
}

export class DeliveryForm extends FormPage {
  async goto(picking: number): Promise<void> {
    await this.open(`/odoo/action-stock.action_picking_tree_all/${picking}`)
    await this.expectLoaded()
  }

  override async expectLoaded(): Promise<void> {
    await super.expectLoaded()
    await expect(this.page.locator('.o_form_view .o_field_widget[name=picking_type_id]')).toBeVisible()
  }

  async validate(): Promise<void> {
    await this.page.locator('button[name=button_validate]').first().click()
  }

  async expectDone(): Promise<void> {
    await expect(this.statusBar).toHaveText('Done')
  }
}

export class OrderList extends OdooPage {
  async goto(): Promise<void> {
    await this.open('/odoo/action-marketplace_sync.action_marketplace_order')
    await this.expectLoaded()
  }

  async expectLoaded(): Promise<void> {
    await expect(this.page.locator('.o_list_view .o_data_row').first()).toBeVisible({ timeout: 30_000 })
  }

  badgeOf(order: string): Badge {
    return new Badge(this.page, this.page.locator('.o_data_row', { hasText: order }))
  }
}

export class SettingsPage extends OdooPage {
  async goto(): Promise<void> {
    await this.open('/odoo/action-marketplace_sync.action_marketplace_settings')
    await expect(this.page.locator('#marketplace_pairing')).toBeVisible({ timeout: 30_000 })
  }

  get pairing(): Locator {
    return this.page.locator('#marketplace_pairing')
  }

  /** The answer in words: a note when it works, a dialog when a person has to do something. */
  get answer(): Locator {
    return this.page.locator('.o_notification, .o_dialog .modal-body').first()
  }

  async testConnection(): Promise<Locator> {
    await this.pairing.getByRole('button', { name: 'Test Connection' }).click()
    return this.answer
  }

  async pair(code: string): Promise<Locator> {
    await this.pairing.locator('.o_field_widget[name=marketplace_pairing_code] input').fill(code)
    await this.pairing.getByRole('button', { name: 'Pair', exact: true }).click()
    return this.answer
  }
}

export class ShopForm extends FormPage {
  async goto(shop: number): Promise<void> {
    await this.open(`/odoo/action-marketplace_sync.action_marketplace_shop/${shop}`)
    await this.expectLoaded()
  }
}

/** Any other screen of the addon, by its action. */
export class Screen extends OdooPage {
  async goto(action: string, record?: number): Promise<void> {
    await this.open(`/odoo/action-marketplace_sync.${action}${record ? `/${record}` : ''}`)
    await expect(this.page.locator('.o_action_manager .o_view_controller').first()).toBeVisible({ timeout: 30_000 })
  }
}
