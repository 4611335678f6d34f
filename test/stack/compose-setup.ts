/** The one-shot `setup` service of docker-compose.yml: pairs and seeds, and does nothing when that was done before. */
import { z } from 'zod'
import { OdooRpc } from './odoo-rpc.ts'
import { explain, say, step } from './report.ts'
import { Retailer } from './retailer.ts'
import { seed } from './seed.ts'
import { connectorId, pair } from './sidecar.ts'

const environment = z.object({
  ODOO_URL: z.url(),
  ODOO_PUBLIC_URL: z.url(),
  SIDECAR_URL: z.url(),
  CARTONA_URL: z.url(),
  CARTONA_TOKEN: z.string().min(1),
  PAIRING_CODE: z.string().min(8),
})

async function isPaired(admin: OdooRpc): Promise<boolean> {
  const form = await admin.create('res.config.settings', {})
  return (await admin.readOne('res.config.settings', form, { marketplace_paired: z.boolean() })).marketplace_paired
}

async function setup(): Promise<void> {
  const env = environment.parse(process.env)
  const credentials = { url: env.ODOO_URL, db: 'marketplace', login: 'admin', password: 'admin' }
  const admin = await step('log in as admin', () => OdooRpc.login(credentials))
  // Odoo takes the address of the last administrator's login for its own: people come by another one than we do
  await admin.call('ir.config_parameter', 'set_param', ['web.base.url.freeze', 'True'])
  await admin.call('ir.config_parameter', 'set_param', ['web.base.url', env.ODOO_PUBLIC_URL])
  if (!(await isPaired(admin))) {
    await step('pair Odoo with the sidecar', () => pair(admin, env.SIDECAR_URL, env.ODOO_URL, env.PAIRING_CODE))
  }
  const connector = await step('the sidecar announces its connectors', () => connectorId(admin, 'cartona'))
  const shops = await admin.search('marketplace.shop', [])
  if (shops.length > 0) return say('the shop is there already: nothing to do')
  const shop = { name: 'Cartona Cairo', connector, baseUrl: `${env.CARTONA_URL}/api/v1/`, token: env.CARTONA_TOKEN }
  await step('seeds: products, people, linked orders', () => seed(admin, new Retailer(env.CARTONA_URL), shop))
  say(`ready: ${env.ODOO_PUBLIC_URL} (admin/admin, sales/sales, other/other)`)
}

try {
  await setup()
} catch (error) {
  explain(error)
  process.exitCode = 1
}
