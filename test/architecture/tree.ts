/** The files of the repository that the rules look at. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SourceFile } from './scan.ts'

const TOP = fileURLToPath(new URL('../..', import.meta.url))
const LOOKED_AT = ['sidecar/src', 'web/src', 'odoo_addon', 'test']
const TEXT = /\.(?:ts|js|mjs|py|xml|scss|csv|po|pot|sql|md|html|json)$/
const LEFT_OUT = ['node_modules', '__pycache__', '.git']

export function sourceFiles(): readonly SourceFile[] {
  return LOOKED_AT.flatMap((folder) => filesUnder(join(TOP, folder)))
}

function filesUnder(folder: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return LEFT_OUT.includes(entry.name) ? [] : filesUnder(path)
    if (!TEXT.test(entry.name)) return []
    return [{ path: relative(TOP, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }]
  })
}

export function connectorFolders(): readonly string[] {
  return readdirSync(join(TOP, 'sidecar/src/connectors'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
}
