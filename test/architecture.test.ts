/**
 * What must stay absent. Every rule is first shown a file that breaks it, so that a rule that can no longer see
 * anything fails here, and then holds for every file there is.
 */
import { describe, expect, it } from 'vitest'
import * as rules from './architecture/rules.ts'
import { codeOf, importsOf, resolved, type SourceFile, templateDepth } from './architecture/scan.ts'
import { connectorFolders, sourceFiles } from './architecture/tree.ts'

const FILES = sourceFiles()
const names = rules.connectorNamesStayHome(connectorFolders())

interface Held {
  readonly promise: string
  readonly rule: rules.Rule
  /** Path and text: each must be found. */
  readonly broken: readonly (readonly [string, string])[]
  /** Near misses: none may be found. */
  readonly fine: readonly (readonly [string, string])[]
}

const CORE = 'sidecar/src/core/x.ts'
const FLOW = 'sidecar/src/flows/x.ts'
const TABLE = 'sidecar/src/connectors/cartona/mapping.ts'
const MODEL = 'odoo_addon/marketplace_sync/models/x.py'
const BUILT = 'odoo_addon/marketplace_sync/static/src/dist/x.js'

/** A placeholder in a template, written so that it is none here. */
const hole = (code: string) => `$${'{'}${code}}`

const HELD: readonly Held[] = [
  {
    promise: 'the core imports zod and itself, nothing else',
    rule: rules.coreImportsOnlyZodAndItself,
    broken: [
      [CORE, "import { readFileSync } from 'node:fs'"],
      [CORE, "import type { Row } from '../odoo/wire.ts'"],
      [CORE, "import {\n  a,\n  b,\n} from '../lib/clock.ts'"],
      [CORE, "export * from '../store/index.ts'"],
      [CORE, "const x = await import('../lib/id.ts')"],
    ],
    fine: [
      [CORE, "import { z } from 'zod'\nimport { decide } from './decide.ts'"],
      [CORE, "// import { x } from '../odoo/wire.ts'"],
    ],
  },
  {
    promise: 'a connector’s table and states import the core and the contract’s types only',
    rule: rules.tablesImportOnlyCore,
    broken: [
      [TABLE, "import { open } from './client.ts'"],
      [TABLE, "import { z } from 'zod'"],
      [TABLE, "import { rules } from '../memory/mapping.ts'"],
      [TABLE, "import { thing } from '../contract.ts'"],
    ],
    fine: [
      [TABLE, "import type { Mapping } from '../../core/entities.ts'\nimport { STEPS } from './states.ts'"],
      [TABLE, "import type { StatusInfo } from '../contract.ts'"],
      ['sidecar/src/connectors/cartona/client.ts', "import { open } from 'node:http'"],
    ],
  },
  {
    promise: 'the core and the tables read no clock, draw no chance, print nothing and wait for nothing',
    rule: rules.pureFilesStayPure,
    broken: [
      [CORE, 'const now = Date.now()'],
      [CORE, 'const at = new Date()'],
      [TABLE, 'const dice = Math.random()'],
      [CORE, 'const id = crypto.randomUUID()'],
      [CORE, 'const url = process.env.URL'],
      [CORE, 'export async function decide() {}'],
      [CORE, `const text = \`at ${hole('Date.now()')}\``],
      [CORE, 'console.log(1)'],
    ],
    fine: [
      [CORE, '// Date.now() is handed in\nconst text = "Math.random() and process.env"'],
      [CORE, 'const at = new Date(text)'],
      [FLOW, 'const now = Date.now()'],
    ],
  },
  {
    promise: 'imports run one way',
    rule: rules.importsRunOneWay,
    broken: [
      [FLOW, "import { app } from '../http/app.ts'"],
      [FLOW, "import { createJson2 } from '../odoo/json2.ts'"],
      [FLOW, "import { openStore } from '../store/index.ts'"],
      ['sidecar/src/http/api/x.ts', "import { engine } from '../../flows/engine.ts'"],
      ['sidecar/src/odoo/x.ts', "import { settle } from '../flows/settle.ts'"],
      ['sidecar/src/connectors/cartona/x.ts', "import { db } from '../../store/db.ts'"],
      ['sidecar/src/lib/x.ts', "import { decide } from '../core/decide.ts'"],
      ['sidecar/src/newcomer/x.ts', ''],
    ],
    fine: [
      ['sidecar/src/main.ts', "import { engine } from './flows/engine.ts'\nimport { app } from './http/app.ts'"],
      [FLOW, "import { decide } from '../core/decide.ts'\nimport type { OdooClient } from '../odoo/client.ts'"],
      ['sidecar/src/store/x.ts', "import type { Store } from '../flows/ports.ts'"],
    ],
  },
  {
    promise: 'one connector never imports another',
    rule: rules.connectorsDoNotKnowEachOther,
    broken: [['sidecar/src/connectors/cartona/client.ts', "import { memoryShop } from '../memory/shop.ts'"]],
    fine: [
      [
        'sidecar/src/connectors/cartona/client.ts',
        "import { define } from '../define.ts'\nimport { raw } from './raw.ts'",
      ],
      ['sidecar/src/connectors/index.ts', "import { cartona } from './cartona/index.ts'"],
    ],
  },
  {
    promise: 'a connector’s name stays in its folder and in the register',
    rule: names,
    broken: [
      [FLOW, "if (connector === 'cartona') return"],
      ['web/src/terms.ts', '// as Shopify does it'],
      ['odoo_addon/marketplace_sync/views/x.xml', '<field name="cartona_id"/>'],
      ['sidecar/src/connectors/memory/x.ts', "const other = 'cartona'"],
      [FLOW, "if (connector === 'memory') return"],
      [FLOW, 'const by = order.delivered_by_supplier'],
      ['sidecar/src/connectors/README.md', 'like WooCommerce'],
    ],
    fine: [
      ['sidecar/src/connectors/cartona/x.ts', "const name = 'cartona' // delivered_by_supplier"],
      ['sidecar/src/connectors/index.ts', "import { cartona } from './cartona/index.ts'"],
      [FLOW, '// kept in memory until the sweep'],
      ['odoo_addon/marketplace_sync/tests/test_x.py', "connector = 'cartona'"],
      ['test/stack/seed.ts', "connector: 'cartona'"],
    ],
  },
  {
    promise: 'no state of an order, a delivery or a purchase is ever written directly',
    rule: rules.noDirectStateWrite,
    broken: [
      [MODEL, "order.write({'state': 'sale'})"],
      [MODEL, "picking.with_context(x=1).write({\n    'note': 1,\n    \"state\": 'done',\n})"],
      [MODEL, "order.state = 'cancel'"],
      [MODEL, 'orders[0].locked = True'],
      [MODEL, "cr.execute('UPDATE sale_order SET state = %s', ('sale',))"],
      [MODEL, "cr.execute('update stock_picking set state = 1')"],
      [MODEL, "setattr(order, 'state', 'sale')"],
    ],
    fine: [
      [MODEL, "if order.state == 'sale':\n    order.action_lock()"],
      [MODEL, "link.state = 'synced'"],
      [MODEL, "cr.execute('UPDATE marketplace_link SET state = 1')"],
      [MODEL, "order.write({'note': 'state'})"],
      [MODEL, "# order.state = 'sale' is what one must not do"],
    ],
  },
  {
    promise: 'only the two files that talk to the sidecar can call out of Odoo',
    rule: rules.onlyTheTalkersCallOut,
    broken: [
      [MODEL, 'import requests'],
      [MODEL, 'from urllib.request import urlopen'],
      [MODEL, '    import http.client'],
    ],
    fine: [
      [MODEL, 'from odoo.http import request\nfrom urllib.parse import urlsplit'],
      ['odoo_addon/marketplace_sync/sync/wake.py', 'import http.client'],
    ],
  },
  {
    promise: 'no any, and no cast that hides a missing parse',
    rule: rules.noAnyAndNoHiddenParse,
    broken: [
      [FLOW, 'function f(x: any) {}'],
      [FLOW, 'const x = y as any'],
      [FLOW, 'const x: Map<string, any> = new Map()'],
      [FLOW, 'const x: any[] = []'],
      [FLOW, 'const row = thing as unknown as Row'],
      [FLOW, 'const row = JSON.parse(text) as Row'],
      [FLOW, 'const row = (await answer.json()) as Row'],
      [FLOW, '// @ts-ignore\nconst x = 1'],
    ],
    fine: [
      [FLOW, "const any = 1 // any: one of many\nconst text = ': any'"],
      [FLOW, 'const row = rowSchema.parse(JSON.parse(text))'],
      [FLOW, 'const row = JSON.parse(text) as unknown'],
      [FLOW, 'AbortSignal.any([a, b])'],
    ],
  },
  {
    promise: 'only main reads the environment',
    rule: rules.onlyMainReadsTheEnvironment,
    broken: [[FLOW, 'const url = process.env.URL']],
    fine: [
      ['sidecar/src/main.ts', 'loadConfig(process.env)'],
      [FLOW, '// process.env is read by main'],
    ],
  },
  {
    promise: 'a built widget file is one that Odoo’s loader can take apart',
    rule: rules.builtFilesSuitOdoo,
    broken: [
      [BUILT, '/* generated */\nimport { a } from "@odoo/owl"; import { b } from "@web/core/registry";'],
      [BUILT, '/* generated */\nimport {\n  a,\n} from "@odoo/owl";'],
      [BUILT, `/* generated */\nconst x = \`a ${hole('b ? `c` : ""')}\`;`],
      [BUILT, 'const x = 1;'],
    ],
    fine: [
      [
        BUILT,
        `/* generated from web/ */\nimport { a } from "@odoo/owl";\nconst x = \`a ${hole('b')} c\`; const y = \`${hole('x')}\`;`,
      ],
      ['web/src/main.ts', `const x = \`a ${hole('b ? `c` : ""')}\``],
    ],
  },
]

describe.each(HELD)('$promise', ({ rule, broken, fine }) => {
  it.each(broken)('(sees it broken in %s: %j)', (path, text) => {
    expect(rule({ path, text })).not.toEqual([])
  })

  it.each(fine)('(lets pass %s: %j)', (path, text) => {
    expect(rule({ path, text })).toEqual([])
  })

  it('in every file', () => {
    expect(FILES.flatMap(rule).map(({ path, what }) => `${path} ${what}`)).toEqual([])
  })
})

describe('what the rules look at', () => {
  const under = (start: string) => FILES.filter(({ path }: SourceFile) => path.startsWith(start)).length

  it('is really there', () => {
    for (const folder of [
      'sidecar/src/core/',
      'sidecar/src/connectors/',
      'sidecar/src/flows/',
      'odoo_addon/',
      'web/src/',
    ])
      expect(under(folder), folder).toBeGreaterThan(2)
    expect(connectorFolders().length).toBeGreaterThan(1)
  })
})

describe('telling code from comments and strings', () => {
  it('keeps the code', () => {
    expect(codeOf('const a = "Date.now()" // b\n/* c */ d()').replaceAll(/\s+/g, ' ').trim()).toBe('const a = d()')
    expect(codeOf(`x = \`Date ${hole('now()')} y\``)).toContain('now()')
    expect(codeOf("x = /'/g; y = 'z'")).not.toContain('z')
    expect(codeOf('a / b / c; "d"')).toContain('a / b / c')
    expect(codeOf(`const f = () => ({ a: \`${hole("{ b: '}' }")}\` }); any`)).toContain('any')
  })

  it('counts how deep templates nest', () => {
    expect(templateDepth('a')).toBe(0)
    expect(templateDepth(`\`a ${hole('b')} c\` + \`d\``)).toBe(1)
    expect(templateDepth(`\`a ${hole('`b`')}\``)).toBe(2)
    expect(templateDepth(`\`a ${hole(' {x: 1}.x + `b` ')}\``)).toBe(2)
    expect(templateDepth('`\\`` + `b`')).toBe(1)
  })

  it('finds every import', () => {
    const text =
      "import a from 'a'\nimport type { b } from './b.ts'\nexport { c } from '../c.ts'\nimport 'd'\nimport(\"e\")"
    expect(importsOf(text).map(({ from }) => from)).toEqual(['a', './b.ts', '../c.ts', 'd', 'e'])
    expect(resolved('x/y/z.ts', '../c.ts')).toBe('x/c.ts')
  })
})
