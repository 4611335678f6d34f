/** Ports: the one that was asked for, or the next free one. */
import { createServer, type Server } from 'node:net'
import { StackError } from './report.ts'

const held = new Set<Server>()

/** Takes a port, or answers null when something else has it. */
function take(port: number): Promise<Server | null> {
  return new Promise((settle) => {
    // whoever calls at a held port is hung up on: an open connection would keep the port from ever being let go
    const server = createServer((caller) => caller.destroy())
    server.once('error', () => settle(null))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => settle(server))
  })
}

const close = (server: Server) => new Promise<void>((settle) => server.close(() => settle()))

async function isFree(port: number): Promise<boolean> {
  const server = await take(port)
  if (server) await close(server)
  return server !== null
}

async function hold(port: number): Promise<boolean> {
  const server = await take(port)
  if (server) held.add(server)
  return server !== null
}

/** Lets go of the chosen ports, just before those who asked for them begin to listen. */
export async function releasePorts(): Promise<void> {
  for (const server of held) await close(server)
  held.clear()
}

/** `name` is the variable that sets the port: a set port that is taken is an error, never silently another one. */
async function choose(name: string, usual: number): Promise<number> {
  const asked = process.env[name]
  if (asked) {
    if (await hold(Number(asked))) return Number(asked)
    throw new StackError(
      `${name}=${asked}: something else listens on that port.`,
      `stop it, or set ${name} to a free port`,
    )
  }
  for (let port = usual; port < usual + 500; port++) if (await hold(port)) return port
  throw new StackError(`There is no free port from ${usual} on.`, `stop what holds them, or set ${name}`)
}

export async function freePort(from: number): Promise<number> {
  for (let port = from; port < from + 500; port++) if (await isFree(port)) return port
  throw new StackError(`There is no free port from ${from} on.`, 'stop what holds them')
}

export interface Ports {
  readonly odoo: number
  readonly gevent: number
  readonly sidecar: number
  readonly cartona: number
}

/** The chosen ports are held until `releasePorts`, so that nobody takes them in the meantime. */
export async function choosePorts(): Promise<Ports> {
  return {
    odoo: await choose('ODOO_PORT', 8069),
    gevent: await choose('ODOO_GEVENT_PORT', 8072),
    sidecar: await choose('SIDECAR_PORT', 8787),
    cartona: await choose('CARTONA_PORT', 8100),
  }
}

export async function portsAreFree(ports: Ports): Promise<boolean> {
  const free = await Promise.all(Object.values(ports).map(isFree))
  return free.every(Boolean)
}
