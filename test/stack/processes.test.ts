import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refuseWhenBusy, whileBusy } from './busy.ts'
import { choosePorts, releasePorts } from './ports.ts'
import { bornOf, isRunning, launch, parts, startPart, stopPart } from './processes.ts'

const before = process.env.STACK_DIR
let dir = ''

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stack-test-'))
  process.env.STACK_DIR = dir
})

afterEach(async () => {
  await stopPart('cartona', { hard: true })
  await releasePorts()
  if (before === undefined) delete process.env.STACK_DIR
  else process.env.STACK_DIR = before
  rmSync(dir, { recursive: true, force: true })
})

function launchSleeper(): number {
  launch('cartona', {
    command: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1000)'],
    cwd: dir,
    env: {},
    stopSignal: 'SIGTERM',
  })
  return parts().cartona?.pid ?? 0
}

describe('a part of the stack', () => {
  it('stops, and starts again as it was started', async () => {
    const first = launchSleeper()
    await stopPart('cartona')
    expect(isRunning('cartona')).toBe(false)
    startPart('cartona')
    expect(isRunning('cartona')).toBe(true)
    expect(parts().cartona?.pid).not.toBe(first)
  })

  it('is never taken for another process that got its id later', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    const pid = stranger.pid ?? 0
    launchSleeper()
    await stopPart('cartona')
    const file = join(dir, 'processes.json')
    const note: Record<string, object> = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ cartona: { ...note.cartona, pid, born: '1' } }))
    await stopPart('cartona', { hard: true })
    expect(bornOf(pid)).not.toBeNull()
    stranger.kill()
  })
})

describe('two commands on one stack', () => {
  it('do not get in each other’s way: the second is refused, and a dead one does not block', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    const pid = other.pid ?? 0
    writeFileSync(join(dir, 'busy.json'), JSON.stringify({ pid, born: bornOf(pid) }))
    await expect(whileBusy(async () => 'done')).rejects.toThrow(`Process ${pid} is already at work`)
    writeFileSync(join(dir, 'busy.json'), JSON.stringify({ pid, born: '1' }))
    expect(refuseWhenBusy).not.toThrow()
    await expect(whileBusy(async () => 'done')).resolves.toBe('done')
    other.kill()
  })
})

describe('ports', () => {
  it('are four different ones, and stay ours until we let go', async () => {
    const ports = await choosePorts()
    expect(new Set(Object.values(ports)).size).toBe(4)
    await expect(listens(ports.odoo)).resolves.toBe(false)
    await releasePorts()
    await expect(listens(ports.odoo)).resolves.toBe(true)
  })

  it('that were asked for are never silently replaced', async () => {
    const ports = await choosePorts()
    process.env.CARTONA_PORT = String(ports.odoo)
    await expect(choosePorts()).rejects.toThrow(`CARTONA_PORT=${ports.odoo}`)
    delete process.env.CARTONA_PORT
  })
})

function listens(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer()
    server.once('error', () => settle(false))
    server.listen(port, '127.0.0.1', () => server.close(() => settle(true)))
  })
}
