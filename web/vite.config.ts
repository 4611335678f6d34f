/**
 * Builds the widgets into the addon. Odoo's own bundler takes it from there: it is a set of line-anchored regular
 * expressions and a small minifier, so the output stays plain: one import per line, not minified, no nested templates.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const BANNER = 'generated from web/, do not edit'
const here = dirname(fileURLToPath(import.meta.url))
const target = process.env.WEB_DIST ?? join(here, '../odoo_addon/marketplace_sync/static/src/dist')

/** Templates and styles go beside the code: Odoo compiles both itself. */
function copyWidgets(): Plugin {
  return {
    name: 'copy-widgets',
    closeBundle() {
      const widgets = join(here, 'src/widgets')
      for (const file of readdirSync(widgets, { recursive: true, encoding: 'utf8' }).sort()) {
        if (file.endsWith('.xml')) copyXml(join(widgets, file), join(target, file))
        if (file.endsWith('.scss')) copyScss(join(widgets, file), join(target, file))
      }
    },
  }
}

function copyXml(from: string, to: string): void {
  const [declaration, ...rest] = readFileSync(from, 'utf8').split('\n')
  write(to, [declaration, `<!-- ${BANNER} -->`, ...rest].join('\n'))
}

function copyScss(from: string, to: string): void {
  write(to, `// ${BANNER}\n${readFileSync(from, 'utf8')}`)
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

export default defineConfig({
  root: here,
  logLevel: 'warn',
  plugins: [copyWidgets()],
  build: {
    outDir: target,
    emptyOutDir: true,
    minify: false,
    target: 'es2022',
    copyPublicDir: false,
    lib: { entry: join(here, 'src/main.ts'), formats: ['es'], fileName: () => 'marketplace_sync.js' },
    rolldownOptions: {
      external: [/^@odoo\//, /^@web\//],
      output: { banner: `/* ${BANNER} */` },
    },
  },
})
