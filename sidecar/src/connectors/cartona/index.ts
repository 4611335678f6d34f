import type { Connector } from '../contract.ts'
import { readSettings } from '../define.ts'
import { createClient } from './client.ts'
import { policySettings, pollSettings, settings } from './config.ts'
import { mappingFor, rulesFor } from './mapping.ts'
import { type CartonaStatus, STATUSES } from './states.ts'
import { verify, WEBHOOK_PATHS } from './webhooks.ts'

export const cartona: Connector<CartonaStatus> = {
  name: 'cartona',
  label: 'Cartona',
  version: 'api/v1',
  statuses: STATUSES,
  settings,
  // no call reads one order, and setting the same status again changes nothing
  resolveUnknown: 'repeat',
  webhookPaths: WEBHOOK_PATHS,
  // the vendor publishes no limit: a modest pace of our own
  limits: { perSecond: 5, concurrent: 2 },
  pollSeconds: (values) => readSettings(pollSettings, values).poll_seconds,
  mapping: (values) => mappingFor(readSettings(policySettings, values)),
  rules: (values) => rulesFor(readSettings(policySettings, values)),
  open({ settings: values, secrets, fetch, now }) {
    const own = readSettings(settings, { ...values, ...secrets })
    const client = createClient(own, { fetch, now })
    return { ...client, verifyWebhook: (request, nowMs) => verify(request, own, nowMs) }
  },
}
