import { z } from 'zod'
import { setting } from '../define.ts'

export const settings = z.object({
  name: setting.requiredText({
    label: 'Shop name',
    help: 'Any word: every shop of this connector with the same word sees the same orders.',
  }),
  poll_seconds: setting.integer({
    label: 'Look every (seconds)',
    help: 'How often the feed is asked for changes.',
    default: 20,
    min: 1,
    max: 3600,
  }),
  page_size: setting.integer({
    label: 'Orders per page',
    help: 'How many orders one page of the feed holds.',
    default: 100,
    min: 1,
    max: 500,
  }),
  webhook_secret: setting.secret({
    label: 'Webhook secret',
    help: 'The key that signs deliveries (Standard Webhooks, whsec_...). Without it every delivery is rejected.',
  }),
})
