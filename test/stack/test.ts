/**
 * `npm test`: everything, on real Odoo and a real browser. Two lanes run side by side (two cores): what needs only Node,
 * and what needs Odoo. They meet at the build, which the addon carries.
 */
import { Board } from './board.ts'
import { plainOutput } from './report.ts'
import { bringDown } from './stack.ts'
import * as stages from './test-stages.ts'

const ORDER = [
  'install',
  'types',
  'lint',
  'build',
  'unit',
  'Odoo and its template',
  'addon: install',
  'addon: tests',
  'stack up',
  'end to end',
  'chaos',
  'stack down',
]

export async function testEverything(): Promise<number> {
  // a developer's own stack may be up beside the test run
  process.env.STACK_DIR ??= '.stack/test'
  plainOutput()
  const began = Date.now()
  const board = new Board(ORDER)
  board.add('install', Number(process.env.STACK_INSTALL_SECONDS ?? 0) * 1000, stages.ONE)
  await bringDown()
  const built = board.stage('build', stages.build)
  try {
    await Promise.all([nodeLane(board, built), odooLane(board, built)])
  } finally {
    await board.stage('stack down', stages.stackDown)
  }
  return board.close(Date.now() - began)
}

async function nodeLane(board: Board, built: Promise<boolean>): Promise<void> {
  await built
  await board.stage('types', () => stages.npmScript('check'))
  await board.stage('lint', () => stages.npmScript('lint'))
  await board.stage('unit', stages.unit)
}

async function odooLane(board: Board, built: Promise<boolean>): Promise<void> {
  const odoo = new stages.OdooStages()
  const ready = await board.stage('Odoo and its template', () => odoo.prepare())
  await built
  const rest = ['addon: install', 'addon: tests', 'stack up', 'end to end', 'chaos']
  if (!ready) return board.impossible(rest, 'there is no Odoo')
  await board.stage('addon: install', () => odoo.installAddon())
  if (!odoo.installed) return board.impossible(rest.slice(1), 'the addon does not install')
  await board.stage('addon: tests', () => odoo.addonTests())
  if (!(await board.stage('stack up', stages.stackUp)))
    return board.impossible(rest.slice(3), 'the stack did not come up')
  await board.stage('end to end', stages.endToEnd)
  await board.stage('chaos', stages.chaos)
}
