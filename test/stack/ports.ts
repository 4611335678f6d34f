/** Ports: the one that was asked for, or the next free one. */
import { createServer } from 'node:net'
import { StackError } from './report.ts'

function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer()
    server.once('error', () => settle(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => settle(true)))
  })
}

/** `name` is the variable that sets the port: a set port that is taken is an error, never silently another one. */
async function choose(name: string, usual: number, taken: ReadonlySet<number>): Promise<number> {
  const asked = process.env[name]
  if (asked) {
    if (await isFree(Number(asked))) return Number(asked)
    throw new StackError(
      `${name}=${asked}: something else listens on that port.`,
      `stop it, or set ${name} to a free port`,
    )
  }
  return freePort(usual, taken)
}

export async function freePort(from: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = from; port < from + 500; port++) if (!taken.has(port) && (await isFree(port))) return port
  throw new StackError(`There is no free port from ${from} on.`, 'stop what holds them, or set ODOO_PORT and its like')
}

export interface Ports {
  readonly odoo: number
  readonly gevent: number
  readonly sidecar: number
  readonly cartona: number
}

export async function choosePorts(): Promise<Ports> {
  const taken = new Set<number>()
  const next = async (name: string, usual: number) => {
    const port = await choose(name, usual, taken)
    taken.add(port)
    return port
  }
  return {
    odoo: await next('ODOO_PORT', 8069),
    gevent: await next('ODOO_GEVENT_PORT', 8072),
    sidecar: await next('SIDECAR_PORT', 8787),
    cartona: await next('CARTONA_PORT', 8100),
  }
}

export async function portsAreFree(ports: Ports): Promise<boolean> {
  const free = await Promise.all(Object.values(ports).map(isFree))
  return free.every(Boolean)
}
