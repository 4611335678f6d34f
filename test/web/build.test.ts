/**
 * What Odoo's own bundler needs of the built file. It is a row of line-anchored regular expressions and a minifier that
 * does not know nested template literals: a file that breaks them leaves a blank web client.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseAst } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REASON_CODES } from '../../sidecar/src/core/reasons.ts'

const repo = resolve(import.meta.dirname, '../..')
const committed = join(repo, 'odoo_addon/marketplace_sync/static/src/dist')
const code = readFileSync(join(committed, 'marketplace_sync.js'), 'utf8')
const terms = readFileSync(join(repo, 'web/src/terms.ts'), 'utf8')

let fresh = ''
beforeAll(() => {
  fresh = mkdtempSync(join(tmpdir(), 'web-build-'))
  const built = spawnSync('npx', ['vite', 'build', '--config', 'web/vite.config.ts'], {
    cwd: repo,
    env: { ...process.env, WEB_DIST: fresh },
    encoding: 'utf8',
  })
  expect(built.stderr + built.stdout).not.toMatch(/error/i)
}, 60_000)
afterAll(() => rmSync(fresh, { recursive: true }))

test('the committed files are what the sources make', () => {
  expect(filesOf(committed)).toEqual(filesOf(fresh))
})

test('every file says that it is generated', () => {
  for (const content of Object.values(filesOf(committed))) {
    expect(content.split('\n').slice(0, 2).join('\n')).toContain('generated from web/, do not edit')
  }
})

test('one import per line, each from Odoo', () => {
  const imports = code.split('\n').filter((line) => /^import\b/.test(line))
  expect(imports.length).toBeGreaterThan(3)
  for (const line of imports) expect(line).toMatch(/^import \{ [\w, ]+ \} from "@(odoo|web)\/[\w/]+";$/)
  // a line of a comment or a text that looks like one would be rewritten as well
  expect(code.match(/^\s*(import|export)\b/gm)?.length).toBe(imports.length)
})

test('no template literal inside another, no dynamic import, no import.meta', () => {
  const kinds = new Set<string>()
  visit(parseAst(code), (node, inTemplate) => {
    kinds.add(node.type)
    expect(inTemplate && node.type === 'TemplateLiteral').toBe(false)
  })
  expect(kinds).not.toContain('ImportExpression')
  expect(kinds).not.toContain('MetaProperty')
})

test("Odoo's minifier changes nothing that matters", () => {
  const python = 'import sys, rjsmin; sys.stdout.write(rjsmin.jsmin(sys.stdin.read()))'
  const minified = spawnSync('/usr/bin/python3', ['-c', python], { input: code, encoding: 'utf8' })
  expect(minified.stderr).toBe('')
  expect(minified.stdout.length).toBeLessThan(code.length)
  expect(shape(minified.stdout)).toEqual(shape(code))
})

test('every term stays a literal under the name that Odoo exports, and every reason has one', () => {
  const calls = [...code.matchAll(/(?<![\w$.])_t\((.?)/g)]
  expect(calls.length).toBeGreaterThanOrEqual(REASON_CODES.length)
  for (const [, first] of calls) expect(first).toBe('"')
  for (const reason of REASON_CODES) expect(terms).toMatch(new RegExp(`^ {2}'?${reason}'?: \\(\\) =>`, 'm'))
})

test('the exported terms of the addon hold every sentence of the widgets', () => {
  const pot = readFileSync(join(repo, 'odoo_addon/marketplace_sync/i18n/marketplace_sync.pot'), 'utf8')
  const known = new Set([...pot.replaceAll('"\n"', '').matchAll(/^msgid "(.*)"$/gm)].map(([, text]) => text))
  const sentences = [...code.matchAll(/(?<![\w$.])_t\("((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text)
  expect(sentences.filter((sentence) => !known.has(sentence))).toEqual([])
})

function filesOf(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).sort()
  return Object.fromEntries(paths.map((path) => [path.slice(dir.length), readFileSync(path, 'utf8')]))
}

interface Node {
  readonly type: string
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value

function visit(node: unknown, look: (node: Node, inTemplate: boolean) => void, inTemplate = false): void {
  if (Array.isArray(node)) for (const child of node) visit(child, look, inTemplate)
  if (!isNode(node)) return
  look(node, inTemplate)
  const inside = inTemplate || node.type === 'TemplateLiteral'
  for (const child of Object.values(node)) visit(child, look, inside)
}

/** The syntax tree without positions: the same before and after, whatever the spaces are. */
function shape(source: string): unknown {
  return JSON.parse(
    JSON.stringify(parseAst(source), (key, value) =>
      ['start', 'end', 'loc', 'range'].includes(key) ? undefined : value,
    ),
  )
}
