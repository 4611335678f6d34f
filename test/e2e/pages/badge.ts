import { resolve } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import { z } from 'zod'

const recorder = resolve(import.meta.dirname, '../support/recorder.js')

/** One badge, wherever it stands. */
export class Badge {
  readonly root: Locator
  private readonly page: Page

  constructor(page: Page, scope: Locator = page.locator('.o_form_view')) {
    this.page = page
    this.root = scope.locator('.o_marketplace_badge')
  }

  async expectState(state: string, options: { timeout?: number } = {}): Promise<void> {
    await expect(this.root).toHaveAttribute('data-state', state, options)
  }

  get pill(): Locator {
    return this.root.locator('.o_marketplace_badge_pill')
  }

  get shop(): Locator {
    return this.root.locator('.o_marketplace_badge_shop')
  }

  get reason(): Locator {
    return this.root.locator('.o_marketplace_badge_reason')
  }

  get next(): Locator {
    return this.root.locator('.o_marketplace_badge_next')
  }

  get details(): Locator {
    return this.page.locator('.o_marketplace_badge_details')
  }

  /** From now on every state that the badge of this link shows is kept in the page. */
  async record(link: number): Promise<() => Promise<readonly string[]>> {
    await this.page.addScriptTag({ path: recorder })
    await this.page.evaluate(`badgeRecorder.start('.o_marketplace_badge[data-link="${link}"]')`)
    return async () => z.array(z.string()).parse(await this.page.evaluate('badgeRecorder.seen'))
  }
}
