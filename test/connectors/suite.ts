/** What every connector promises, checked against a shop that behaves as its platform does. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Connector, PollPage, PushCommand, Session } from '../../sidecar/src/connectors/contract.ts'
import { contextOf, type Harness, never, SECRET_WORD, type Stage, WEBHOOK_KEY } from './harness.ts'
import { stepsOf, testData } from './suite-data.ts'
import { testWebhooks } from './suite-webhooks.ts'

export function testConnector(connector: Connector, harness: Harness): void {
  testData(connector, harness)
  let stage: Stage
  let session: Session

  beforeEach(async () => {
    stage = await harness.start()
    session = connector.open(contextOf(stage))
  })
  afterEach(() => stage.stop())

  const push = async (ref: string, to: string, more: Partial<PushCommand> = {}) =>
    safe(await session.push({ ref, to, from: null, operation: 'op-1', inputs: await stage.inputs(), ...more }, never))

  describe('a status write', () => {
    const start = connector.statuses[0]?.code ?? ''
    const first = ourSteps(connector, start)[0]?.to ?? ''

    it.each(ourPaths(connector))('is done, step by step: %s', async (path) => {
      await stage.createOrder('a1')
      for (const to of path.split(' ')) {
        expect(await push('a1', to)).toMatchObject({ kind: 'done' })
        expect(await stage.statusOf('a1')).toBe(to)
      }
    })

    it('is harmless when repeated: the shop notes one change', async () => {
      await stage.createOrder('a1')
      await push('a1', first)
      const changes = await stage.changesOf('a1')
      expect(await push('a1', first)).toMatchObject({ kind: 'done' })
      expect(await stage.changesOf('a1')).toBe(changes)
    })

    it('of a step that the shop does not allow is refused as such', async () => {
      await stage.createOrder('a1')
      const near = new Set([start, ...stepsOf(connector, start).map((step) => step.to)])
      const { notSettable } = connector.rules({})
      const far = connector.statuses.map((s) => s.code).find((s) => !near.has(s) && !notSettable.includes(s)) ?? ''
      expect(await push('a1', far)).toMatchObject({ kind: 'refused', code: 'illegal-transition' })
      expect(await stage.statusOf('a1')).toBe(start)
    })

    it('of an order that the shop does not know is refused as such', async () => {
      expect(await push('nobody', first)).toMatchObject({ kind: 'refused', code: 'unknown-order' })
    })

    it('that lacks what the shop wants to know is refused as such, and the feed said so before', async () => {
      await stage.createOrder('a1', { needsCode: true })
      const change = (await all(session))[0]?.changes[0]
      const [[status, names] = ['', []]] = Object.entries(change?.needs ?? {})
      expect(names).toEqual(['buyer_code'])
      const path =
        ourPaths(connector)
          .map((one) => one.split(' '))
          .find((one) => one.at(-1) === status) ?? []
      for (const to of path.slice(0, -1)) await push('a1', to)
      expect(await push('a1', status, { inputs: { buyer_code: 'wrong' } })).toMatchObject({
        kind: 'refused',
        code: 'input-needed',
      })
    })

    it.each(harness.faults)('under "$fault" is $kind ($code)', async ({ fault, kind, code, applied }) => {
      await stage.createOrder('a1')
      await stage.arm(fault)
      expect(await push('a1', first)).toMatchObject({ kind, code })
      expect(await stage.statusOf('a1')).toBe(applied ? first : start)
    })

    it.each(harness.faults.filter((one) => one.kind === 'unknown'))(
      'whose outcome is unknown ($fault) is settled without doubling',
      async ({ fault }) => {
        await stage.createOrder('a1')
        await stage.arm(fault)
        await push('a1', first)
        if (connector.resolveUnknown === 'read') {
          const now = await session.read?.('a1', never)
          expect(now?.status).toBe(await stage.statusOf('a1'))
        }
        expect(await push('a1', first)).toMatchObject({ kind: 'done' })
        expect(await stage.changesOf('a1')).toBe(2)
      },
    )

    it('that was called off before it began is surely not sent', async () => {
      await stage.createOrder('a1')
      const command = { ref: 'a1', to: first, from: null, operation: 'op-1', inputs: {} }
      expect(await session.push(command, AbortSignal.abort())).toMatchObject({ kind: 'retry' })
      expect(await stage.statusOf('a1')).toBe(start)
    })

    it('waits as long as the shop asks', async () => {
      await stage.createOrder('a1')
      await stage.arm('rate-limit')
      expect(await push('a1', first)).toMatchObject({ kind: 'retry', retryAfterMs: 1000 })
    })
  })

  describe('a look at the feed', () => {
    it.each([
      [5, 2, [2, 2, 1]],
      [4, 2, [2, 2]],
      [0, 2, []],
    ])('over %i orders by %i brings each of them once', async (count, size, pages) => {
      for (let number = 1; number <= count; number += 1) await stage.createOrder(`a${number}`)
      const seen = await all(connector.open(contextOf(stage, stage.pagesOf(size))))
      expect(seen.map((page) => page.changes.length)).toEqual(pages)
      expect(new Set(seen.flatMap((page) => page.changes.map((change) => change.ref))).size).toBe(count)
    })

    it('says what the buyer did, with the reason in words', async () => {
      await stage.createOrder('a1')
      const status = await stage.buyerCancels('a1')
      const change = (await all(session))[0]?.changes[0]
      expect(change).toMatchObject({ ref: 'a1', status, fulfilledBy: 'us' })
      expect(change?.reason).toMatch(/^\S+ \S+/)
    })

    it('gives the same picture the same digest, and a changed one another', async () => {
      await stage.createOrder('a1')
      const digest = async () => (await all(session))[0]?.changes[0]?.digest
      const before = await digest()
      expect(before).not.toBe('')
      expect(await digest()).toBe(before)
      await stage.buyerCancels('a1')
      expect(await digest()).not.toBe(before)
    })

    it('no longer shows what was acknowledged, until it changes', async () => {
      await stage.createOrder('a1')
      expect(await session.acknowledge?.('a1', never)).toMatchObject({ kind: 'done' })
      expect(await all(session)).toEqual([])
      await stage.buyerCancels('a1')
      expect((await all(session)).flatMap((page) => page.changes)).toHaveLength(1)
    })

    it('does not move an order by acknowledging it', async () => {
      await stage.createOrder('a1')
      const [before, changes] = [await stage.statusOf('a1'), await stage.changesOf('a1')]
      await session.acknowledge?.('a1', never)
      expect([await stage.statusOf('a1'), await stage.changesOf('a1')]).toEqual([before, changes])
    })

    it.each(harness.readFaults)('that fails by "%s" says so in a sentence, and the next one works', async (fault) => {
      await stage.createOrder('a1')
      await stage.armRead(fault)
      const failure = await all(session).catch((error: unknown) => error)
      expect(failure).toMatchObject({ name: 'ShopError', message: expect.stringMatching(/^[A-Z].*\.$/) })
      safe(failure instanceof Error ? failure.message : '')
      expect((await all(session)).flatMap((page) => page.changes)).toHaveLength(1)
    })
  })

  describe('"Test connection"', () => {
    it('is content with a shop that works, and changes nothing in it', async () => {
      await stage.createOrder('a1')
      expect(await session.test(never)).toMatchObject({ ok: true, message: expect.stringMatching(/^[A-Z].*\.$/) })
      expect(await stage.changesOf('a1')).toBe(1)
      expect((await all(session)).flatMap((page) => page.changes)).toHaveLength(1)
    })

    it.each(harness.readFaults)('says in a sentence what is wrong: %s', async (fault) => {
      await stage.armRead(fault)
      const answer = safe(await session.test(never))
      expect(answer).toMatchObject({ ok: false, message: expect.stringMatching(/^[A-Z].*\.$/) })
    })
  })

  testWebhooks(connector, harness)
}

/** Whatever leaves a connector is shown to people and logged: no secret may be in it. */
export function safe<T>(answer: T): T {
  const text = JSON.stringify(answer)
  for (const secret of [SECRET_WORD, WEBHOOK_KEY]) expect(text).not.toContain(secret)
  return answer
}

export async function all(session: Session): Promise<PollPage[]> {
  const pages: PollPage[] = []
  for await (const page of session.poll?.(never) ?? []) pages.push(page)
  return pages
}

function ourSteps(connector: Connector, from: string) {
  const { notSettable } = connector.rules({})
  return stepsOf(connector, from).filter((step) => step.by !== 'shop' && !notSettable.includes(step.to))
}

/** Every path of legal steps that we can walk by ourselves, from a new order on. */
function ourPaths(connector: Connector): string[] {
  const walk = (from: string, path: readonly string[]): string[] =>
    ourSteps(connector, from).flatMap(({ to }) => [[...path, to].join(' '), ...walk(to, [...path, to])])
  return walk(connector.statuses[0]?.code ?? '', [])
}
