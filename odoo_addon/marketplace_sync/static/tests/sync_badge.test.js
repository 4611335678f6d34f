import { defineMailModels } from '@mail/../tests/mail_test_helpers'
import { expect, test } from '@odoo/hoot'
import { hover, queryOne } from '@odoo/hoot-dom'
import { advanceTime, animationFrame, mockDate, runAllTimers } from '@odoo/hoot-mock'
import { defineModels, fields, getService, MockServer, models, mountView, onRpc } from '@web/../tests/web_test_helpers'

class Order extends models.Model {
  _name = 'order'

  name = fields.Char()
  marketplace_badge = fields.Json()

  _records = [
    { id: 1, name: 'S1', marketplace_badge: badge() },
    { id: 2, name: 'S2', marketplace_badge: badge({ link: '8', state: 'conflict', reason: 'both-changed' }) },
    { id: 3, name: 'S3', marketplace_badge: {} },
  ]
}

defineMailModels()
defineModels([Order])

function badge(patch = {}) {
  return {
    link: '7',
    version: '100',
    state: 'synced',
    reason: 'sent',
    detail: '',
    shop: 'Cairo',
    shop_status: 'Approved',
    next_try: '',
    last_synced: '2026-11-21T06:47:12.345Z',
    ...patch,
  }
}

async function openForm(resId = 1) {
  await mountView({
    type: 'form',
    resModel: 'order',
    resId,
    arch: `<form><field name="name"/><field name="marketplace_badge" widget="sync_badge"/></form>`,
  })
}

async function openList() {
  await mountView({
    type: 'list',
    resModel: 'order',
    arch: `<list><field name="name"/><field name="marketplace_badge" widget="sync_badge"/></list>`,
  })
}

/** As the server does after a commit. */
async function tell(...badges) {
  MockServer.env['bus.bus']._sendone('broadcast', 'marketplace_sync/badge', { badges })
  await settle()
}

/** The message is heard and drawn; then what is still unknown is asked for, and drawn as well. */
async function settle() {
  for (let turn = 0; turn < 2; turn++) {
    await runAllTimers()
    await animationFrame()
  }
}

const news = (state, patch = {}) => ({
  link: '7',
  version: '101',
  state,
  reason: '',
  at: '2026-11-21T08:00:00.000Z',
  ...patch,
})

/** What the server answers when it is asked for badges; keeps what it was asked. */
function answerBadges(answer) {
  const asked = []
  onRpc('marketplace.link', 'badges', ({ args }) => {
    asked.push(args[0])
    return answer
  })
  return asked
}

test("a form tells state, shop and the shop's status, for eyes and for screen readers", async () => {
  await openForm()
  expect('.o_marketplace_badge').toHaveAttribute('data-state', 'synced')
  expect('.o_marketplace_badge').toHaveAttribute('role', 'status')
  expect('.o_marketplace_badge').toHaveAttribute('aria-live', 'polite')
  expect('.o_marketplace_badge_label').toHaveText('Synced')
  expect('.o_marketplace_badge_icon').toHaveClass('fa-check')
  expect('.o_marketplace_badge_shop').toHaveText('Cairo · Approved')
  expect('.o_marketplace_badge_pill').toHaveAttribute('tabindex', '0')
})

test('a record without a link says so quietly', async () => {
  await openForm(3)
  expect('.o_marketplace_badge').toHaveAttribute('data-state', 'not_linked')
  expect('.o_marketplace_badge .badge').toHaveCount(0)
  expect('.o_marketplace_badge').toHaveText('Not linked')
})

test('a list shows a pill per row, and the keyboard stops where something is to be explained', async () => {
  await openList()
  expect('.o_data_row .o_marketplace_badge').toHaveCount(3)
  expect('.o_data_row:eq(0) .o_marketplace_badge_pill').not.toHaveAttribute('tabindex')
  expect('.o_data_row:eq(1) .o_marketplace_badge_pill').toHaveAttribute('tabindex', '0')
  expect('.o_marketplace_badge_shop').toHaveCount(0)
  expect('.o_marketplace_badge[role]').toHaveCount(0)
})

test('messages turn the badge with no reload of the record, and the rest is asked for', async () => {
  const asked = answerBadges([
    badge({ version: '101', state: 'failed', reason: 'unauthorized', shop_status: 'Shipped' }),
  ])
  await openForm()
  onRpc('order', 'web_read', () => expect.step('web_read'))
  await tell(news('pending'))
  expect('.o_marketplace_badge').toHaveAttribute('data-state', 'pending')
  expect(asked).toEqual([])
  await tell(news('failed', { reason: 'unauthorized', at: '2026-11-21T08:00:01.000Z' }))
  expect('.o_marketplace_badge').toHaveAttribute('data-state', 'failed')
  expect('.o_marketplace_badge_reason').toHaveText(/does not accept our key/)
  expect('.o_marketplace_badge_shop').toHaveText('Cairo · Shipped')
  expect(asked).toEqual([[7]])
  expect.verifySteps([])
})

test('a message about another link changes nothing', async () => {
  const asked = answerBadges([])
  await openForm()
  await tell(news('failed', { link: '9' }))
  expect('.o_marketplace_badge').toHaveAttribute('data-state', 'synced')
  expect(asked).toEqual([])
})

test('late messages are ignored', async () => {
  answerBadges([])
  await openForm()
  await tell(news('failed', { version: '99' }))
  expect('.o_marketplace_badge').toHaveAttribute('data-state', 'synced')
  await tell(news('synced'), news('pending', { at: '2026-11-21T07:00:00.000Z' }))
  expect('.o_marketplace_badge').toHaveAttribute('data-state', 'synced')
})

test('only reading takes back an end of the same version', async () => {
  const answer = [badge({ version: '101', state: 'failed', reason: 'shop-error' })]
  const asked = answerBadges(answer)
  await openForm()
  await tell(news('failed', { reason: 'shop-error' }))
  expect('.o_marketplace_badge').toHaveAttribute('data-state', 'failed')
  asked.length = 0
  answer[0] = badge({ version: '101', state: 'pending', reason: 'shop-unreachable' })
  await tell(news('pending', { at: '2026-11-21T09:00:00.000Z' }))
  expect(asked).toEqual([[7]])
  expect('.o_marketplace_badge').toHaveAttribute('data-state', 'pending')
  expect('.o_marketplace_badge_reason').toHaveText(/cannot be reached/)
})

test('when it is tried again is told in the time of the reader', async () => {
  mockDate('2026-11-21 09:00:00', +2)
  Order._records[0].marketplace_badge = badge({
    state: 'pending',
    reason: 'shop-unreachable',
    next_try: '2026-11-21T09:09:00.000Z',
  })
  await openForm()
  expect('.o_marketplace_badge_next').toHaveText(/^Next try 11:09/)
})

test('hover and keyboard open the same explanation', async () => {
  await openForm(2)
  await hover('.o_marketplace_badge_pill')
  await advanceTime(300)
  await animationFrame()
  expect('.o_popover .o_marketplace_badge_details').toHaveText(/both changed/)
  await hover('.o_field_widget[name=name]')
  await animationFrame()
  expect('.o_marketplace_badge_details').toHaveCount(0)
  queryOne('.o_marketplace_badge_pill').focus()
  await animationFrame()
  expect('.o_marketplace_badge_details').toHaveCount(1)
  queryOne('.o_marketplace_badge_pill').blur()
  await animationFrame()
  expect('.o_marketplace_badge_details').toHaveCount(0)
})

test('after the bus was away, all badges on the screen are read in one call', async () => {
  const asked = answerBadges([
    badge({ version: '102', state: 'failed', reason: 'shop-error' }),
    badge({ link: '8', version: '102' }),
  ])
  await openList()
  const bus = getService('bus_service')
  for (const name of ['reconnecting', 'BUS:RECONNECTING', 'reconnect', 'BUS:RECONNECT']) {
    bus.trigger(name)
  }
  await settle()
  expect(asked.map((links) => links.sort())).toEqual([[7, 8]])
  expect('.o_data_row:eq(0) .o_marketplace_badge').toHaveAttribute('data-state', 'failed')
  expect('.o_data_row:eq(1) .o_marketplace_badge').toHaveAttribute('data-state', 'synced')
})

test('an answer that fails leaves the badge as it is', async () => {
  onRpc('marketplace.link', 'badges', () => {
    throw new Error('away')
  })
  await openForm()
  await tell(news('failed', { reason: 'shop-error' }))
  expect('.o_marketplace_badge').toHaveAttribute('data-state', 'failed')
})
