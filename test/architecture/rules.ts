/** The rules of the README's architecture that a machine can hold: each takes one file and answers what breaks it. */
import {
  codeOf,
  commentsOf,
  type Finding,
  importsOf,
  resolved,
  type SourceFile,
  templateDepth,
  uncommented,
} from './scan.ts'

export type Rule = (file: SourceFile) => readonly Finding[]

const found = (path: string, whats: readonly string[]): readonly Finding[] => whats.map((what) => ({ path, what }))

// pure parts ----------------------------------------------------------------------------------------------------------

const isCore = (path: string) => path.startsWith('sidecar/src/core/') && path.endsWith('.ts')
const isPureConnectorFile = (path: string) => /^sidecar\/src\/connectors\/[^/]+\/(?:mapping|states)\.ts$/.test(path)

export const coreImportsOnlyZodAndItself: Rule = ({ path, text }) => {
  if (!isCore(path)) return []
  const strange = importsOf(text).filter(
    ({ from }) => from !== 'zod' && !resolved(path, from)?.startsWith('sidecar/src/core/'),
  )
  return found(
    path,
    strange.map(({ from }) => `imports ${from}`),
  )
}

/** A connector's table and its states are data: the core's words, the contract's types, and each other. */
export const tablesImportOnlyCore: Rule = ({ path, text }) => {
  if (!isPureConnectorFile(path)) return []
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const strange = importsOf(text).filter(({ from, typeOnly }) => {
    const to = resolved(path, from) ?? from
    if (to.startsWith('sidecar/src/core/') || isPureConnectorFile(to))
      return !to.startsWith('sidecar/src/core/') && !to.startsWith(folder)
    return !(to === 'sidecar/src/connectors/contract.ts' && typeOnly)
  })
  return found(
    path,
    strange.map(({ from }) => `imports ${from}`),
  )
}

const IMPURE: readonly (readonly [RegExp, string])[] = [
  [/\bDate\s*\.\s*now\b|\bnew\s+Date\s*\(\s*\)|\bperformance\s*\./, 'reads the clock'],
  [/\bMath\s*\.\s*random\b|\bcrypto\s*\.|\brandomUUID\b/, 'draws by chance'],
  [/\bprocess\s*\.|\bglobalThis\b|\bDeno\b/, 'looks at its surroundings'],
  [/\bfetch\s*\(|\bsetTimeout\s*\(|\bsetInterval\s*\(|\bqueueMicrotask\s*\(/, 'does something'],
  [/\bconsole\s*\./, 'prints'],
  [/\basync\b|\bawait\b|\bnew\s+Promise\b/, 'waits'],
]

export const pureFilesStayPure: Rule = ({ path, text }) => {
  if (!isCore(path) && !isPureConnectorFile(path)) return []
  const code = codeOf(text)
  return found(
    path,
    IMPURE.filter(([pattern]) => pattern.test(code)).map(([, what]) => what),
  )
}

// who may know whom -----------------------------------------------------------------------------------------------------

/** Folder or file of `sidecar/src` -> what it may import outside itself. A port is a file of types that others fulfil. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  lib: [],
  'config.ts': ['lib/'],
  connectors: ['core/', 'lib/', 'odoo/wire.ts'],
  odoo: ['core/', 'lib/', 'config.ts'],
  store: ['core/', 'lib/', 'flows/ports.ts', 'connectors/contract.ts', 'odoo/wire.ts'],
  flows: ['core/', 'lib/', 'connectors/contract.ts', 'connectors/index.ts', 'odoo/client.ts', 'odoo/wire.ts'],
  http: ['core/', 'lib/', 'config.ts', 'flows/ports.ts', 'connectors/contract.ts', 'odoo/wire.ts', 'store/index.ts'],
}

export const importsRunOneWay: Rule = ({ path, text }) => {
  const place = placeOf(path)
  if (place === null || place === 'main.ts') return []
  const allowed = MAY_IMPORT[place]
  if (allowed === undefined) return found(path, [`lies in ${place}, for which no rule says what it may import`])
  const targets = importsOf(text).flatMap(({ from }) => resolved(path, from)?.split('sidecar/src/')[1] ?? [])
  const strange = targets.filter((to) => to.split('/')[0] !== place && !allowed.some((one) => to.startsWith(one)))
  return found(
    path,
    strange.map((to) => `imports ${to}`),
  )
}

/** `flows` or `main.ts`; null for what lies elsewhere. */
function placeOf(path: string): string | null {
  const [, inside] = path.split('sidecar/src/')
  return path.startsWith('sidecar/src/') && path.endsWith('.ts') ? (inside?.split('/')[0] ?? null) : null
}

export const connectorsDoNotKnowEachOther: Rule = ({ path, text }) => {
  const own = connectorOf(path)
  if (own === null) return []
  const others = importsOf(text).filter(({ from }) => {
    const other = connectorOf(resolved(path, from) ?? '')
    return other !== null && other !== own
  })
  return found(
    path,
    others.map(({ from }) => `imports ${from}`),
  )
}

function connectorOf(path: string): string | null {
  return /^sidecar\/src\/connectors\/([^/]+)\//.exec(path)?.[1] ?? null
}

// names ---------------------------------------------------------------------------------------------------------------

const REGISTER = 'sidecar/src/connectors/index.ts'
/** Also those that are still to come: the place where they would creep in is here already. */
const PLATFORMS = ['cartona', 'prestashop', 'shopify', 'woocommerce']
/** Names that are plain English words too: only a string that is nothing else is the connector. */
const PLAIN_WORDS = ['memory', 'purchasing']
/** A shop's own words for our `fulfilled_by: us | shop`. */
const OWN_WORDS = ['delivered_by_']

const isProduct = (path: string) => /^(?:sidecar\/src|web\/src|odoo_addon)\//.test(path) && !/\/tests\//.test(path)

export function connectorNamesStayHome(folders: readonly string[]): Rule {
  const names = [...new Set([...PLATFORMS, ...folders.filter((folder) => !PLAIN_WORDS.includes(folder))])]
  const quoted = [...new Set([...PLAIN_WORDS, ...folders])].map((name) => new RegExp(`(['"\`])${name}\\1`, 'i'))
  return ({ path, text }) => {
    if (!isProduct(path) || path === REGISTER) return []
    const own = connectorOf(path) ?? ''
    const words = [...names, ...OWN_WORDS].filter((word) => word !== own && !(own !== '' && OWN_WORDS.includes(word)))
    const spoken = words.filter((word) => text.toLowerCase().includes(word))
    const strings = own === '' ? quoted.filter((pattern) => pattern.test(text)).map((pattern) => pattern.source) : []
    return found(
      path,
      [...spoken, ...strings].map((word) => `names ${word}`),
    )
  }
}

// Odoo ----------------------------------------------------------------------------------------------------------------

const isOdooTest = (path: string) => /\/tests\//.test(path)
const isAddonCode = (path: string) => path.startsWith('odoo_addon/') && path.endsWith('.py')
const BUSINESS_TABLES = 'sale_order|stock_picking|stock_move|purchase_order'
/** Records of ours, which have a state of their own. */
const OUR_RECORDS = ['link', 'shop', 'self']

const STATE_WRITES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:write|update|_write)\(\s*\{[^}]*(['"])(?:state|locked)\1\s*:/, 'writes a state into a record'],
  [new RegExp(`\\bUPDATE\\s+"?(?:${BUSINESS_TABLES})"?\\b`, 'i'), 'updates a business table by SQL'],
  [/\bsetattr\([^,]+,\s*(['"])(?:state|locked)\1/, 'sets a state by name'],
]

export const noDirectStateWrite: Rule = ({ path, text }) => {
  if (!isAddonCode(path) || isOdooTest(path)) return []
  const code = text.replaceAll(/^\s*#.*$/gm, '')
  const writes = STATE_WRITES.filter(([pattern]) => pattern.test(code)).map(([, what]) => what)
  const assigned = [...code.matchAll(/^\s*([\w.[\]()]+)\.(?:state|locked)\s*=(?!=)/gm)].map(([, name = '']) => name)
  const foreign = assigned.filter((name) => !OUR_RECORDS.includes(name)).map((name) => `assigns ${name}.state`)
  return found(path, [...writes, ...foreign])
}

/** A user's transaction never waits for the network; what calls out lies where one can see it. */
export const onlyTheTalkersCallOut: Rule = ({ path, text }) => {
  if (!isAddonCode(path) || isOdooTest(path)) return []
  if (/\/sync\/(?:wake|sidecar)\.py$/.test(path)) return []
  const calls = text.matchAll(
    /^\s*(?:import|from)\s+(requests|urllib3|urllib(?!\.parse)|http\.client|socket|aiohttp|httpx)\b/gm,
  )
  return found(
    path,
    [...calls].map(([, name]) => `imports ${name}`),
  )
}

// TypeScript ------------------------------------------------------------------------------------------------------------

const isTypeScript = (path: string) => /^(?:sidecar\/src|web\/src|test)\/.*\.ts$/.test(path)

const HIDDEN: readonly (readonly [RegExp, string])[] = [
  [/[:<,|&(]\s*any\b(?!\s*[:(])|\bas\s+any\b|\bany\s*\[\]/, 'says any'],
  [/\bas\s+unknown\s+as\b/, 'casts through unknown'],
  [/\bJSON\s*\.\s*parse\([^\n]*\)\s*as\s+(?!unknown\b)/, 'casts what it has only parsed as JSON'],
  [/\.json\(\)\s*\)?\s*as\s+(?!unknown\b)/, 'casts an answer it has not checked'],
]

export const noAnyAndNoHiddenParse: Rule = ({ path, text }) => {
  if (!isTypeScript(path)) return []
  const code = codeOf(text)
  const hidden = HIDDEN.filter(([pattern]) => pattern.test(code)).map(([, what]) => what)
  const silenced = /@ts-(?:ignore|nocheck|expect-error)/.test(commentsOf(text)) ? ['silences the compiler'] : []
  return found(path, [...hidden, ...silenced])
}

/** One place reads the environment, so that every setting is checked and documented. */
export const onlyMainReadsTheEnvironment: Rule = ({ path, text }) => {
  if (!path.startsWith('sidecar/src/') || path === 'sidecar/src/main.ts' || !path.endsWith('.ts')) return []
  return found(path, /\bprocess\s*\.\s*env\b/.test(codeOf(text)) ? ['reads the environment'] : [])
}

// the built widgets -------------------------------------------------------------------------------------------------------

/** Odoo takes the built file apart with regular expressions, which know neither of these. */
export const builtFilesSuitOdoo: Rule = ({ path, text }) => {
  if (!/^odoo_addon\/[^/]+\/static\/src\/dist\/.*\.js$/.test(path)) return []
  const lines = uncommented(text).split('\n')
  const crowded = lines.filter(
    (line) => /^\s*import\b/.test(line) && /\S/.test(line.replace(/^\s*import\b[^;]*;?/, '')),
  )
  const torn = lines.filter((line) => /^\s*import\b/.test(line) && !/(['"])[^'"]+\1\s*;?\s*$/.test(line))
  return found(path, [
    ...(/^\/\*+ ?generated/i.test(text) ? [] : ['does not say that it is generated']),
    ...crowded.map((line) => `has more than one statement in an import line: ${line.slice(0, 60)}`),
    ...torn.map((line) => `spreads an import over lines: ${line.slice(0, 60)}`),
    ...(templateDepth(text) > 1 ? ['nests template literals'] : []),
  ])
}
