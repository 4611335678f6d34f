/**
 * The bare cost of telling Odoo something that a browser hears: one call over the transport that the sidecar uses, which
 * writes one row and sends one bus message. A method of Odoo's own does just that; nothing of ours is in it.
 */

import { runOdoo } from '../stack/odoo.ts'
import { odooTree } from '../stack/odoo-tree.ts'
import type { FineClock } from './clock.ts'
import type { Bench } from './environment.ts'
import type { BusListener } from './listener.ts'

const TOGGLED = 'is_discuss_sidebar_category_channel_open'
const MESSAGE = 'res.users.settings'

const MAKE_KEY = `
from datetime import datetime, timedelta
key = env['res.users.apikeys'].with_user(env.ref('base.user_admin'))._generate('rpc', 'bench', datetime.now() + timedelta(days=1))
env.cr.commit()
print('bench-key=' + key)
`

export interface WriteBack {
  /** Milliseconds from the call to the message. */
  measure(): Promise<number>
}

type Call = (id: number, open: boolean) => Promise<void>

export async function bareWriteBack(bench: Bench, bus: BusListener, clock: FineClock): Promise<WriteBack> {
  const call = bench.state.odoo.version.startsWith('18') ? bySession(bench) : byJson2(bench, await apiKey(bench))
  const id = await settingsId(bench)
  let open = false
  return {
    async measure() {
      open = !open
      const heard = bus.next('the bare write-back', ({ type }) => type === MESSAGE)
      const began = clock.now()
      const [at] = await Promise.all([heard, call(id, open)])
      return at - began
    },
  }
}

async function settingsId({ withAddon: { rpc } }: Bench): Promise<number> {
  const [found] = await rpc.search('res.users.settings', [['user_id', '=', rpc.uid]])
  return found ?? rpc.create('res.users.settings', { user_id: rpc.uid })
}

/** What 18 has instead costs about the same as its XML-RPC. */
function bySession({ withAddon: { rpc } }: Bench): Call {
  return async (id, open) => {
    await rpc.call('res.users.settings', 'set_res_users_settings', [[id], { [TOGGLED]: open }])
  }
}

function byJson2({ state, withAddon }: Bench, key: string): Call {
  const headers = {
    'content-type': 'application/json',
    authorization: `bearer ${key}`,
    'x-odoo-database': withAddon.db,
  }
  return async (id, open) => {
    const body = JSON.stringify({ ids: [id], new_settings: { [TOGGLED]: open } })
    const url = `${state.odoo.url}/json/2/res.users.settings/set_res_users_settings`
    const response = await fetch(url, { method: 'POST', headers, body })
    if (!response.ok) throw new Error(`the bare write-back was answered ${response.status}: ${await response.text()}`)
    await response.arrayBuffer()
  }
}

async function apiKey({ cluster, withAddon }: Bench): Promise<string> {
  const tree = await odooTree()
  const job = { tree, cluster, database: withAddon.db, args: ['shell', '--no-http'], log: 'bench-key', input: MAKE_KEY }
  const key = /bench-key=(\S+)/.exec((await runOdoo(job)).out)?.[1]
  if (!key) throw new Error('Odoo made no key for the bench')
  return key
}
