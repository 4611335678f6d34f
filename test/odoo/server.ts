/** A small real HTTP server that answers what a test tells it, as Odoo would. */
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'
import serializer from 'xmlrpc/lib/serializer.js'

export interface Call {
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

type Reply = (response: ServerResponse, call: Call) => void

const servers: http.Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
})

export async function odooServer(reply: Reply): Promise<{ url: string; calls: Call[]; server: http.Server }> {
  const calls: Call[] = []
  const server = http.createServer((request, response) => {
    readAll(request).then((body) => {
      const call = { path: request.url ?? '', headers: request.headers, body }
      calls.push(call)
      reply(response, call)
    })
  })
  servers.push(server)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return { url: `http://127.0.0.1:${portOf(server.address())}`, calls, server }
}

export function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

export const json =
  (value: unknown, status = 200): Reply =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value))
  }

export const text =
  (body: string, status: number, type = 'text/html; charset=utf-8', headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(status, { 'content-type': type, ...headers }).end(body)
  }

/** An answer of /xmlrpc/2/*, made by the library's own serializer. */
export const xml = (value: unknown): Reply => text(serializer.serializeMethodResponse(value), 200, 'text/xml')

export const xmlFault = (faultCode: number, faultString: string): Reply =>
  text(serializer.serializeFault({ faultCode, faultString }), 200, 'text/xml')

/** `login`, then whatever the test says. */
export const afterLogin =
  (reply: Reply, user: unknown = 7): Reply =>
  (response, call) =>
    call.path === '/xmlrpc/2/common' ? xml(user)(response, call) : reply(response, call)

export const versionInfo = (major: number | string) =>
  json({
    jsonrpc: '2.0',
    id: 1,
    result: { server_version: `${major}.0`, server_version_info: [major, 0, 0, 'final', 0, ''] },
  })
