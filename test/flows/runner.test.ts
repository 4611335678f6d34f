import { describe, expect, it } from 'vitest'
import { createPace } from '../../sidecar/src/flows/limits.ts'
import { createRunner } from '../../sidecar/src/flows/runner.ts'

const soon = (ms = 5) => new Promise<void>((resolve) => setTimeout(resolve, ms))

function recording(work: (link: string) => Promise<void> = () => soon()) {
  const now = new Map<string, number>()
  const runs: string[] = []
  let most = 0
  const errors: string[] = []
  const runner = createRunner({
    now: Date.now,
    onError: (link) => errors.push(link),
    run: async (link) => {
      const inside = (now.get(link) ?? 0) + 1
      now.set(link, inside)
      most = Math.max(most, inside)
      runs.push(link)
      try {
        await work(link)
      } finally {
        now.set(link, inside - 1)
      }
    },
  })
  return { runner, runs, errors, most: () => most }
}

describe('the runner', () => {
  it('runs one link never twice at a time, and different links side by side', async () => {
    const { runner, runs, most } = recording()
    for (let i = 0; i < 5; i += 1) runner.kick('a')
    runner.kick('b')
    expect(runner.running).toBe(2)
    await soon(40)
    expect(most()).toBe(1)
    expect(runs.filter((link) => link === 'a')).toHaveLength(2)
    await runner.stop()
  })

  it('loses no kick that comes in the middle of a run', async () => {
    let kicked = false
    const { runner, runs } = recording(async () => {
      if (kicked) return
      kicked = true
      runner.kick('a')
    })
    runner.kick('a')
    await soon(20)
    expect(runs).toEqual(['a', 'a'])
  })

  it('goes on after a run that failed', async () => {
    let failed = false
    const { runner, runs, errors } = recording(async () => {
      if (failed) return
      failed = true
      throw new Error('broken')
    })
    runner.kick('a')
    await soon()
    runner.kick('a')
    await soon()
    expect(runs).toHaveLength(2)
    expect(errors).toEqual(['a'])
  })

  it('runs a link later, or earlier when something happens', async () => {
    const { runner, runs } = recording()
    runner.later('a', Date.now() + 20)
    runner.later('b', Date.now() + 60_000)
    runner.kick('b')
    await soon(60)
    expect(runs.sort()).toEqual(['a', 'b'])
    await runner.stop()
    runner.kick('a')
    expect(runner.running).toBe(0)
  })
})

describe('a shop’s pace', () => {
  it('lets so many through at once and the next when one has ended', async () => {
    const pace = createPace({ perSecond: 1000, concurrent: 2 }, Date.now)
    const first = await pace.take()
    await pace.take()
    let third = false
    void pace.take().then(() => {
      third = true
    })
    await soon()
    expect(third).toBe(false)
    first()
    first()
    await soon()
    expect(third).toBe(true)
  })

  it('spreads a crowd over time and lets a lone call through at once', async () => {
    let now = 0
    const pace = createPace({ perSecond: 5, concurrent: 100 }, () => now)
    let through = 0
    for (let i = 0; i < 12; i += 1) void pace.take().then(() => (through += 1))
    await Promise.resolve()
    expect(through).toBe(5)
    now = 400
    void pace.take().then(() => (through += 1))
    await soon()
    expect(through).toBe(7)
  })

  it('keeps a person’s call ahead of what can wait, however much of that there is', async () => {
    const pace = createPace({ perSecond: 5, concurrent: 2 }, () => 0)
    const went: string[] = []
    const call = (name: string, when: 'now' | 'later') =>
      pace.take(when).then((release) => {
        went.push(name)
        release()
      })
    for (let i = 0; i < 20; i += 1) void call('later', 'later')
    void call('now', 'now')
    void call('now', 'now')
    await soon()
    expect(went).toEqual(['later', 'later', 'now', 'now'])
  })

  it('lets through what can wait even where one call a second is all there is', async () => {
    let now = 0
    const pace = createPace({ perSecond: 1, concurrent: 1 }, () => now)
    const release = await pace.take('later')
    now = 1000
    release()
    await expect(pace.take('later')).resolves.toBeTypeOf('function')
  })
})
