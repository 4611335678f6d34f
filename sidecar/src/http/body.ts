/** The raw bytes of a request, read once and never more than allowed; parsed only after somebody has vouched for them. */
import type { IncomingMessage } from 'node:http'
import type { Context } from 'hono'
import { z } from 'zod'
import { HttpError } from './errors.ts'

/** What the server of `@hono/node-server` hands in. `app.request` in tests hands in nothing. */
export interface ServerBindings {
  readonly incoming?: IncomingMessage
}

export type Edge = { Bindings: ServerBindings }

export function readBody(c: Context<Edge>, limit: number): Promise<Buffer> {
  const encoding = c.req.header('content-encoding')
  if (encoding && encoding !== 'identity')
    throw new HttpError(415, 'compressed', 'A compressed body is not read here: send it as it is.')
  if (Number(c.req.header('content-length') ?? 0) > limit) throw tooLarge(limit)
  const incoming = c.env?.incoming
  return incoming ? readIncoming(incoming, limit) : readStream(c.req.raw.body, limit)
}

/** Straight from the socket: the web stream in between costs more than the rest of a wake. */
function readIncoming(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const end = (settle: () => void) => {
      incoming.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut)
      settle()
    }
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) end(() => reject(tooLarge(limit)))
      else chunks.push(chunk)
    }
    const onEnd = () => end(() => resolve(Buffer.concat(chunks)))
    const onCut = () => end(() => reject(new HttpError(400, 'cut-short', 'The body ended before it was complete.')))
    incoming.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut)
  })
}

async function readStream(stream: ReadableStream<Uint8Array> | null, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream ?? []) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, 'too-large', `The body is larger than ${limit} bytes.`)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Values of the body are never repeated in the message: it may be logged by whoever reads it. */
export function parseBody<T>(body: Uint8Array, shape: z.ZodType<T>): T {
  const read = shape.safeParse(parseJson(body))
  if (read.success) return read.data
  const where = read.error.issues[0]?.path.join('.') ?? ''
  throw new HttpError(
    400,
    'bad-request',
    where ? `The field "${where}" is missing or wrong.` : 'The body has another form.',
  )
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body))
  } catch {
    throw new HttpError(400, 'bad-json', 'The body is no JSON.')
  }
}

export const nothing = z.object({})
