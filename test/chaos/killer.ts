/** Takes parts of the running stack away at moments drawn by chance, and brings them back as they were. */
import { setTimeout as sleep } from 'node:timers/promises'
import { logFile } from '../stack/paths.ts'
import { isServing } from '../stack/postgres.ts'
import { answers, isRunning, parts, ready, startPart, stopPart } from '../stack/processes.ts'
import { StackError } from '../stack/report.ts'
import type { World } from './world.ts'

export const VICTIMS = ['sidecar', 'odoo', 'postgres'] as const
export type Victim = (typeof VICTIMS)[number]

export interface Kill {
  readonly victim: Victim
  /** After so many changes have begun ... */
  readonly after: number
  /** ... so long later, to hit any point of the way. */
  readonly delayMs: number
  readonly downMs: number
}

export interface KillWish {
  readonly kills: number
  readonly changes: number
  readonly victims: readonly Victim[]
  readonly chance: () => number
}

const LONGEST_DELAY_MS = 400
const LONGEST_DOWN_MS = 800

export function planKills({ kills, changes, victims, chance }: KillWish): readonly Kill[] {
  const planned = Array.from({ length: kills }, () => ({
    victim: victims[Math.floor(chance() * victims.length)] ?? 'sidecar',
    after: Math.floor(chance() * changes),
    delayMs: Math.floor(chance() * LONGEST_DELAY_MS),
    downMs: Math.floor(chance() * LONGEST_DOWN_MS),
  }))
  return planned.toSorted((a, b) => a.after - b.after)
}

/** One after the other. What is left when all changes are made strikes while both sides come to rest. */
export async function killAll(
  world: World,
  kills: readonly Kill[],
  reached: (after: number) => Promise<void>,
): Promise<void> {
  for (const kill of kills) {
    await reached(kill.after)
    await sleep(kill.delayMs)
    await strike(world, kill)
  }
  await ready('sidecar', () => answers(`${world.sidecar}/health/live`), 20_000)
}

async function strike(world: World, { victim, downMs }: Kill): Promise<void> {
  if (!isRunning(victim)) throw new StackError(`${victim} had ended by itself.`, 'read its log', logFile(victim))
  if (victim === 'postgres') await stopAtOnce()
  else await stopPart(victim, { hard: true })
  if (isRunning(victim)) throw new Error(`${victim} survived its kill`)
  await sleep(downMs)
  await bringBack(world, victim)
}

/** PostgreSQL's own immediate stop: nothing is written out, as at a crash; its children go with it. */
async function stopAtOnce(): Promise<void> {
  const part = parts().postgres
  if (!part || !isRunning('postgres')) return
  process.kill(part.pid, 'SIGQUIT')
  for (let tries = 0; isRunning('postgres') && tries < 200; tries += 1) await sleep(25)
}

async function bringBack({ cluster, rpc }: World, victim: Victim): Promise<void> {
  startPart(victim)
  if (victim === 'postgres') await ready('postgres', () => isServing(cluster), 60_000)
  if (victim === 'odoo') await ready('odoo', () => answers(`${rpc.url}/web/health`), 120_000)
}
