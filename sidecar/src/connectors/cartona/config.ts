import { z } from 'zod'
import { setting } from '../define.ts'
import type { Policy } from './mapping.ts'

/** Reasons that Cartona takes with a cancellation. Source: the vendor's API document. Last checked: 2026-11-21. */
export const CANCEL_REASONS = {
  out_of_stock: 'Out of stock',
  cannot_deliver_the_order: 'Cannot deliver the order',
  supplier_asked_me_to_cancel: 'Supplier asked to cancel',
  delayed_order: 'Delayed order',
  pending_order_without_action: 'Pending order without action',
  removed_items: 'Removed items',
  supplier_attitude: 'Supplier attitude',
  missing_items: 'Missing items',
  expired_products: 'Expired products',
  different_prices: 'Different prices',
  different_products: 'Different products',
} as const

export const settings = z.object({
  token: setting.requiredSecret({ label: 'Token', help: "Paste the token from Cartona's supplier settings." }),
  base_url: setting.url({
    label: 'Address of the API',
    help: 'Change it only for a staging account.',
    default: 'https://supplier-integrations.cartona.com/api/v1/',
  }),
  supplier_code: setting.text({
    label: 'Supplier code',
    help: 'Only when one token covers several supplier accounts: the code of this one (1 retail, 2 wholesale, 3 wholesale of wholesale).',
    default: '',
  }),
  on_delivery_done: setting.choice({
    label: 'A validated delivery means',
    help: 'What Cartona is told when the delivery is validated in Odoo.',
    choices: { assigned_to_salesman: 'Assigned to salesman (shipped)', delivered: 'Delivered' },
    default: 'assigned_to_salesman',
  }),
  partial_counts: setting.choice({
    label: 'An order in several deliveries is shipped with',
    help: 'Which of several deliveries counts.',
    choices: { first: 'the first delivery', last: 'the last delivery' },
    default: 'first',
  }),
  send_returned: setting.flag({
    label: 'Send "returned"',
    help: "Cartona's list of accepted statuses does not name it. While off, a person is asked instead.",
    default: false,
  }),
  default_cancel_reason: setting.choice({
    label: 'Reason for a cancellation',
    help: 'Sent when nobody chose a reason on the order.',
    choices: CANCEL_REASONS,
    default: 'cannot_deliver_the_order',
  }),
  poll_seconds: setting.integer({
    label: 'Look every (seconds)',
    help: 'How often Cartona is asked for changes. It has no way of telling by itself.',
    default: 20,
    min: 5,
    max: 3600,
  }),
  page_size: setting.integer({
    label: 'Orders per page',
    help: 'How many orders one question brings.',
    default: 100,
    min: 1,
    max: 500,
  }),
  window_hours: setting.integer({
    label: 'Look back (hours)',
    help: 'Orders of longer ago are not asked for. 0 asks for all.',
    default: 720,
    min: 0,
    max: 8760,
  }),
  timeout_seconds: setting.integer({
    label: 'Wait at most (seconds)',
    help: 'How long one request may take.',
    default: 30,
    min: 1,
    max: 120,
  }),
  authorization_header: setting.headerName({
    label: 'Name of the token header',
    help: 'Change it only when Cartona asks you to.',
    default: 'AuthorizationToken',
  }),
  pull_path: setting.text({
    label: 'Path of the feed',
    help: 'Change it only when Cartona moves it.',
    default: 'order/pull-orders',
  }),
  update_path: setting.text({
    label: 'Path of the status update',
    help: 'Change it only when Cartona moves it.',
    default: 'order/update-order-status',
  }),
  webhook_secret: setting.secret({
    label: 'Webhook secret',
    help: 'Only when something delivers status changes to us: the key that signs them (Standard Webhooks, whsec_...).',
  }),
  accept_plain_secret: setting.flag({
    label: 'Accept the webhook secret unsigned',
    help: 'For senders that can only put the secret into the header X-Webhook-Secret. Such a delivery can be replayed.',
    default: false,
  }),
})

export type Settings = z.output<typeof settings>

/** What shapes the table. Has no required field, so the table exists before the form is complete. */
export const policySettings = settings.pick({
  on_delivery_done: true,
  partial_counts: true,
  send_returned: true,
}) satisfies z.ZodType<Policy>

export const pollSettings = settings.pick({ poll_seconds: true })
