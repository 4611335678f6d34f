/** What each stage of `npm test` does. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { addonTemplate, freshDatabase, installProblems } from './database.ts'
import { ensurePackages, testPackages } from './debian.ts'
import { runOdoo } from './odoo.ts'
import type { OdooTree } from './odoo-tree.ts'
import { addonsPath, logFile, repo, stackDir } from './paths.ts'
import { freePort } from './ports.ts'
import type { Cluster } from './postgres.ts'
import { StackError } from './report.ts'
import { run } from './shell.ts'
import { buildSidecar } from './sidecar.ts'
import { bringDown, bringUp, prepare } from './stack.ts'
import { type Counts, odooCounts, playwrightCounts, vitestCounts } from './test-reports.ts'

export const ONE: Counts = { passed: 1, failed: 0, notes: [] }

const failure = (...notes: readonly string[]): Counts => ({ passed: 0, failed: 1, notes })

export async function npmScript(name: string): Promise<Counts> {
  const result = await run('npm', ['run', '--silent', name], { cwd: repo, allowFailure: true, log: logFile(name) })
  if (result.code === 0) return ONE
  const said = `${result.out}\n${result.err}`.split('\n').filter((line) => line.trim() !== '')
  return failure(...said.slice(0, 15), `npm run ${name} says it all`)
}

const dist = join(addonsPath, 'marketplace_sync/static/src/dist')

/** The addon carries the built web bundle: what is committed has to be what the sources make. */
export async function build(): Promise<Counts> {
  const committed = contentOf(dist)
  const web = await npmScript('build:web')
  await buildSidecar()
  if (web.failed > 0) return web
  if (committed === contentOf(dist)) return { passed: 2, failed: 0, notes: [] }
  return {
    passed: 1,
    failed: 1,
    notes: ['static/src/dist is not what web/ makes: run npm run build:web and commit it'],
  }
}

function contentOf(dir: string): string {
  const entries = existsSync(dir) ? readdirSync(dir, { recursive: true, withFileTypes: true }) : []
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const hash = createHash('sha256')
  for (const file of files.sort()) hash.update(file).update(readFileSync(file))
  return hash.digest('hex')
}

export const unit = () => vitest('unit', [])

async function vitest(name: string, args: readonly string[]): Promise<Counts> {
  const report = join(stackDir(), `${name}.json`)
  rmSync(report, { force: true })
  const command = ['vitest', 'run', ...args, '--reporter=json', `--outputFile=${report}`]
  const result = await run('npx', command, { cwd: repo, allowFailure: true, log: logFile(name) })
  if (!existsSync(report)) return failure('vitest wrote no report', ...result.err.split('\n').slice(-10))
  const counts = vitestCounts(JSON.parse(readFileSync(report, 'utf8')))
  if (result.code !== 0 && counts.failed === 0)
    return failure(`vitest ended with code ${result.code}`, result.err.slice(-500))
  return counts
}

/** The stages that share one Odoo. */
export class OdooStages {
  private odoo: { readonly tree: OdooTree; readonly cluster: Cluster } | null = null
  private template = ''

  async prepare(): Promise<Counts> {
    await ensurePackages(await testPackages())
    this.odoo = await prepare()
    return ONE
  }

  get installed(): boolean {
    return this.template !== ''
  }

  async installAddon(): Promise<Counts> {
    const { tree, cluster } = this.ready()
    this.template = await addonTemplate(tree, cluster, { anew: true })
    const problems = installProblems()
    return problems.length === 0 ? ONE : { passed: 0, failed: problems.length, notes: problems }
  }

  async addonTests(): Promise<Counts> {
    const { tree, cluster } = this.ready()
    const database = 'test_addon'
    const port = await freePort(8200)
    await freshDatabase(cluster, this.template, database, `http://127.0.0.1:${port}`)
    const args = [
      '--update=marketplace_sync',
      '--test-enable',
      '--test-tags=/marketplace_sync',
      '--stop-after-init',
      `--http-port=${port}`,
      `--screenshots=${join(stackDir(), 'screenshots')}`,
    ]
    const result = await runOdoo({ tree, cluster, database, args, log: 'addon-tests', allowFailure: true })
    const counts = odooCounts(readFileSync(logFile('addon-tests'), 'utf8'))
    if (result.code !== 0 && counts.failed === 0)
      return failure(`Odoo ended with code ${result.code}`, logFile('addon-tests'))
    return counts
  }

  private ready(): { readonly tree: OdooTree; readonly cluster: Cluster } {
    if (!this.odoo) throw new StackError('There is no Odoo to test with.', 'see the stage before')
    return this.odoo
  }
}

export async function stackUp(): Promise<Counts> {
  await bringUp({ workers: 0, fresh: true })
  return ONE
}

export async function stackDown(): Promise<Counts> {
  await bringDown()
  return ONE
}

export async function endToEnd(): Promise<Counts> {
  const configs = ['playwright.config.ts', 'test/e2e/playwright.config.ts']
  const config = configs.find((path) => existsSync(join(repo, path)))
  if (!config) return failure(`there is no ${configs.join(' and no ')}`)
  const report = join(stackDir(), 'e2e.json')
  rmSync(report, { force: true })
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report, STACK_DIR: stackDir() }
  const command = ['playwright', 'test', `--config=${config}`, '--reporter=json']
  const result = await run('npx', command, { cwd: repo, env, allowFailure: true, log: logFile('e2e') })
  if (!existsSync(report)) return failure('Playwright wrote no report', ...result.err.split('\n').slice(-10))
  return playwrightCounts(JSON.parse(readFileSync(report, 'utf8')))
}

/** The short share of the chaos runs; the long ones are `npm run soak` and `npm run chaos`. */
export async function chaos(): Promise<Counts> {
  const folder = join(repo, 'test/chaos')
  const present = existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.test.ts'))
  if (!present) return failure('test/chaos holds no *.test.ts')
  return vitest('chaos', ['--config', join(repo, 'test/stack/vitest.chaos.config.ts')])
}
