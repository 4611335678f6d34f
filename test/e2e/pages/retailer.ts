import { expect, type Page } from '@playwright/test'

/** The stand-in's page, where a person plays the retailer. */
export class RetailerPage {
  private readonly page: Page
  private readonly url: string

  constructor(page: Page, url: string) {
    this.page = page
    this.url = url
  }

  async goto(ref: string): Promise<void> {
    await this.page.goto(`${this.url}/?order=${encodeURIComponent(ref)}`)
    await expect(this.page.locator(`#detail[data-order="${ref}"]`)).toBeVisible()
  }

  async cancel(reason: string): Promise<void> {
    await this.page.locator('#cancel select').selectOption(reason)
    await this.page.getByRole('button', { name: 'Cancel the order' }).click()
    await expect(this.page.locator('#detail h2')).toContainText('Cancelled')
  }
}
