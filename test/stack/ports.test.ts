import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { choosePorts, portsAreFree, releasePorts } from './ports.ts'

describe('the ports of a stack', () => {
  it('are let go although a stranger called at one of them', async () => {
    const ports = await choosePorts()
    const caller = connect(ports.sidecar, '127.0.0.1')
    const hungUp = new Promise((resolve) => caller.once('close', resolve))
    caller.on('error', () => undefined)
    await new Promise((resolve) => caller.once('connect', resolve))
    await releasePorts()
    await hungUp
    expect(await portsAreFree(ports)).toBe(true)
  })
})
