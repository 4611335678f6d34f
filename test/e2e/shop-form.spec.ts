import type { BrowserContext, Page } from '@playwright/test'
import { z } from 'zod'
import { stopPart } from '../stack/processes.ts'
import { seedUser } from '../stack/seed.ts'
import { ShopSettings } from './pages/shop-settings.ts'
import { expect, type Stage, signIn, test } from './support/journey.ts'

const TOKEN = 'a-token-that-nobody-else-has'

async function seedManager({ admin, seeded }: Stage): Promise<void> {
  if ((await admin.searchRead('res.users', [['login', '=', 'boss']], {})).length > 0) return
  const person = await seedUser(admin, 'boss', 'Mona the Manager', seeded.company)
  const members = await admin.fieldName('res.groups', 'user_ids', 'users')
  await admin.call('res.groups', 'write', [
    [await admin.ref('marketplace_sync.group_manager')],
    { [members]: [[4, person]] },
  ])
}

/** All that Odoo tells the browser from now on. */
function hearAll(context: BrowserContext): () => Promise<string> {
  const bodies: Promise<string>[] = []
  context.on('response', (response) => {
    if (response.url().includes('/web/dataset/')) bodies.push(response.text().catch(() => ''))
  })
  return async () => (await Promise.all(bodies)).join('\n')
}

async function remove({ admin }: Stage, name: string): Promise<void> {
  const shops = await admin.searchRead('marketplace.shop', [['name', '=', name]], { id: z.number() })
  await admin.call('marketplace.shop', 'unlink', [shops.map(({ id }) => id)])
}

const newForm = async (page: Page, stage: Stage) => {
  const form = new ShopSettings(page, stage.state.odoo.url)
  await form.gotoNew()
  return form
}

test.describe('a manager', () => {
  test.beforeEach(async ({ context, stage }) => {
    await seedManager(stage)
    await signIn(context, stage.state, 'boss')
  })
  test.afterEach(async ({ stage }) => remove(stage, 'Souk Giza'))

  test('connects a shop: sees what is missing, fills it in, and is told in words what the shop answers', async ({
    context,
    page,
    stage,
  }) => {
    const heard = hearAll(context)
    const form = await newForm(page, stage)
    await form.name('Souk Giza')
    await form.check('receive', false)
    await form.connector('Cartona')
    await expect(form.input('Look every (seconds)')).toHaveValue('20')
    await form.input('Address of the API').fill('cartona')
    await form.input('Orders per page').fill('many')
    await form.save()
    await expect(form.problem('token')).toHaveText('Please fill this in.')
    await expect(form.problem('base_url')).toHaveText(/begins with https/)
    await expect(form.problem('page_size')).toHaveText('Enter a whole number.')
    await expect(form.input('Token')).toHaveAttribute('aria-invalid', 'true')

    await form.input('Token').fill(TOKEN)
    await form.input('Address of the API').fill(`${stage.state.marketplaces.cartona.url}/api/v1/`)
    await form.input('Orders per page').fill('50')
    await form.input('A validated delivery means').selectOption('Delivered')
    await expect(form.problems).toHaveCount(0)
    await form.save()
    await form.expectSaved()
    await expect(form.row('token')).toContainText('Set on')
    await expect(form.input('Orders per page')).toHaveValue('50')

    const answer = await form.testConnection()
    await expect(answer).toContainText('does not accept the token')
    await expect(answer).not.toContainText(/traceback|exception|undefined/i)

    const shop = await form.shop()
    expect(await heard()).not.toContain(TOKEN)
    const kept = await stage.sql(`select s::text from marketplace_shop s where id = ${shop}`)
    expect(kept).toContain('token')
    expect(kept).not.toContain(TOKEN)
  })

  test('is not told that a token is set when the sidecar is away, and need not type it again', async ({
    page,
    stage,
  }) => {
    const form = new ShopSettings(page, stage.state.odoo.url)
    await form.goto(stage.seeded.shop)
    await stopPart('sidecar')
    await form.row('token').getByRole('button', { name: 'Replace' }).click()
    await expect(form.input('Token')).toBeFocused()
    await form.input('Token').fill(TOKEN)
    await form.save()
    await expect(form.answer).toContainText(/sidecar does not answer/i)
    await form.closeDialog()
    await expect(form.input('Token')).toHaveValue(TOKEN)
    await form.row('token').getByRole('button', { name: 'Cancel' }).click()
    await expect(form.row('token')).toContainText('Set on')
  })

  test('takes an optional secret away again, by keyboard', async ({ page, stage }) => {
    const form = new ShopSettings(page, stage.state.odoo.url)
    await form.goto(stage.seeded.shop)
    const row = form.row('webhook_secret')
    await form.input('Webhook secret').fill('whsec_c2hvcC1mb3Jt')
    await form.save()
    await expect(row).toContainText('Set on')
    await row.getByRole('button', { name: 'Replace' }).focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect(row).toContainText('Will be removed when you save')
    await form.save()
    await form.expectSaved()
    await expect(form.input('Webhook secret')).toHaveValue('')
    await expect(row).not.toContainText('Set on')
  })

  test('sees the fields of another connector as soon as it is chosen', async ({ page, stage }) => {
    const form = await newForm(page, stage)
    await form.connector('Memory')
    await expect(form.input('Shop name')).toBeVisible()
    await expect(form.input('Token')).toHaveCount(0)
    await form.connector('Cartona')
    await expect(form.input('Token')).toBeVisible()
    await expect(form.input('Shop name')).toHaveCount(0)
  })

  test('goes down one column and then the other on a desk, and down one on a phone', async ({ page, stage }) => {
    const form = new ShopSettings(page, stage.state.odoo.url)
    await form.goto(stage.seeded.shop)
    const left = async (label: string) => (await form.input(label).boundingBox())?.x ?? -1
    await form.input('Look every (seconds)').focus()
    await page.keyboard.press('Tab')
    await expect(form.input('Orders per page')).toBeFocused()
    expect(await left('Orders per page')).toBeGreaterThan(await left('Look every (seconds)'))
    await page.setViewportSize({ width: 390, height: 844 })
    await expect.poll(async () => (await left('Orders per page')) - (await left('Look every (seconds)'))).toBe(0)
  })
})

test('a person of sales reads the settings of a shop and can change nothing', async ({ context, page, stage }) => {
  await signIn(context, stage.state, 'sales')
  const form = new ShopSettings(page, stage.state.odoo.url)
  await form.goto(stage.seeded.shop)
  await expect(form.row('token')).toContainText('Set on')
  await expect(form.row('poll_seconds')).toContainText('5')
  await expect(form.root.locator('input:enabled, select, button')).toHaveCount(0)
})

test('before any connector is known the form says what to do first', async ({ context, page, stage }) => {
  await stage.sql('update marketplace_connector set active = false')
  try {
    await signIn(context, stage.state, 'admin')
    const form = await newForm(page, stage)
    await expect(form.root).toContainText('Connect the sidecar first')
    await form.root.getByRole('button', { name: 'Open Settings' }).click()
    await expect(page.locator('#marketplace_pairing')).toBeVisible()
  } finally {
    await stage.sql('update marketplace_connector set active = true')
  }
})
