/** What Odoo tells a browser, frame by frame. */
import { type BrowserContext, expect } from '@playwright/test'
import { z } from 'zod'

const frameSchema = z.array(
  z.object({ message: z.object({ type: z.string(), payload: z.unknown() }) }).transform(({ message }) => message),
)
const payloadSchema = z.object({ badges: z.array(z.record(z.string(), z.unknown())) })

export interface Hearing {
  isListening(): boolean
  badges(link: number): readonly Record<string, unknown>[]
}

/** Odoo's socket usually lives in a worker shared by all tabs, which cannot be overheard: here it gets one of its own. */
export async function hearingPage(context: BrowserContext, url: string): Promise<Hearing> {
  await context.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'SharedWorker')
  })
  const page = await context.newPage()
  const frames: string[] = []
  let subscribed = false
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      subscribed ||= String(payload).includes('subscribe')
    })
    socket.on('framereceived', ({ payload }) => frames.push(String(payload)))
  })
  await page.goto(`${url}/odoo`)
  await expect.poll(() => subscribed, { message: 'the page subscribes to the bus', timeout: 30_000 }).toBe(true)
  return {
    isListening: () => subscribed,
    badges: (link) => frames.flatMap(badgesOf).filter((badge) => badge.link === String(link)),
  }
}

function badgesOf(frame: string): readonly Record<string, unknown>[] {
  const messages = frameSchema.safeParse(parsed(frame))
  if (!messages.success) return []
  return messages.data
    .filter(({ type }) => type === 'marketplace_sync/badge')
    .flatMap(({ payload }) => payloadSchema.parse(payload).badges)
}

function parsed(frame: string): unknown {
  try {
    return JSON.parse(frame)
  } catch {
    return null
  }
}
