import http from 'node:http'
import net from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type RunningServer, startServer } from '../../sidecar/src/http/server.ts'
import { bytesOf, pairedWorld, signature, untouched, type World, wakeOf } from './helpers.ts'

const running: RunningServer[] = []
afterEach(async () => {
  for (const one of running.splice(0)) await one.close()
})

async function served(): Promise<{ made: World; url: string; server: RunningServer }> {
  const made = await pairedWorld()
  const server = await startServer(made.app, { HOST: '127.0.0.1', PORT: 0, SHUTDOWN_SECONDS: 1 })
  running.push(server)
  return { made, url: server.url, server }
}

/** A POST whose body is written piece by piece, without a length. */
function chunked(
  url: string,
  headers: Record<string, string>,
  pieces: readonly Buffer[],
): Promise<{ status: number; body: string; connection: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', headers, agent: false }, async (response) => {
      const parts: Buffer[] = []
      for await (const part of response) parts.push(part)
      resolve({
        status: response.statusCode ?? 0,
        body: Buffer.concat(parts).toString(),
        connection: response.headers.connection ?? '',
      })
    })
    request.once('error', reject)
    for (const piece of pieces) request.write(piece)
    request.end()
  })
}

test('a wake over a real connection, whole or in pieces', async () => {
  const { made, url } = await served()
  const body = bytesOf(wakeOf(made))
  const whole = await fetch(`${url}/odoo/wake`, { method: 'POST', body, headers: signature(made, body) })
  expect(whole.status).toBe(202)
  const pieces = [body.subarray(0, 10), body.subarray(10, 11), body.subarray(11)]
  expect(await chunked(`${url}/odoo/wake`, signature(made, body), pieces)).toMatchObject({ status: 202, body: '{}' })
  expect(made.wakes).toHaveLength(2)
})

test('a body that is too large and hides it is cut off at the limit, and its connection with it', async () => {
  const { made, url } = await served()
  const piece = Buffer.alloc(600, 'x')
  const answer = await chunked(`${url}/odoo/wake`, signature(made, piece), [piece, piece])
  expect(answer).toMatchObject({ status: 413, connection: 'close' })
  expect(untouched(made)).toEqual([])
})

test('a body that announces a gigabyte is refused before a byte of it was read', async () => {
  const { made, url } = await served()
  const { port } = new URL(url)
  const socket = net.connect(Number(port), '127.0.0.1')
  socket.write('POST /odoo/wake HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n')
  const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())))
  socket.destroy()
  expect(answer).toContain('413')
  expect(untouched(made)).toEqual([])
})

test('a sender that goes away in the middle leaves nothing behind', async () => {
  const { made, url } = await served()
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('POST /odoo/wake HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"links"')
  await new Promise((done) => setTimeout(done, 50))
  socket.destroy()
  expect((await fetch(`${url}/health/live`)).status).toBe(200)
  await expect.poll(() => made.lines.length).toBe(1)
  expect(untouched(made)).toEqual([])
  expect(JSON.parse(made.lines[0] ?? '')).toMatchObject({ reason: 'cut-short', status: 400 })
})

test('a sender that dribbles its headers is let go', async () => {
  const { url } = await served()
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('POST /odoo/wake HTTP/1.1\r\nhost: x\r\n')
  const answer = await new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (data) => {
      text += data.toString()
    })
    socket.once('close', () => resolve(text))
  })
  expect(answer).toContain('408')
}, 12_000)

test('a stop lets what is under way finish, takes nothing new, and ends idle connections', async () => {
  const { made, url, server } = await served()
  let release: () => void = () => undefined
  made.answers.test = () =>
    new Promise((resolve) => {
      release = () => resolve([{ name: 'odoo', ok: true, message: '' }])
    })
  const idle = net.connect(Number(new URL(url).port), '127.0.0.1')
  await new Promise((done) => idle.once('connect', done))
  const body = bytesOf({})
  const underway = fetch(`${url}/odoo/test`, { method: 'POST', body, headers: signature(made, body) })
  await expect.poll(() => made.asked).toEqual(['test null'])
  const stopped = server.close()
  await expect(fetch(`${url}/health/live`)).rejects.toThrow()
  release()
  expect((await underway).status).toBe(200)
  await stopped
  idle.destroy()
})

test('a port that is taken is named, with what to do', async () => {
  const { made, url } = await served()
  const PORT = Number(new URL(url).port)
  await expect(startServer(made.app, { HOST: '127.0.0.1', PORT, SHUTDOWN_SECONDS: 1 })).rejects.toThrow(
    `Port ${PORT} of 127.0.0.1 is taken: end what listens there, or set PORT.`,
  )
})
