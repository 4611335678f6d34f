import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { repo } from './paths.ts'

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
})

it('can be installed by npm ci on every platform: the lock file knows each optional package', () => {
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(join(repo, 'package-lock.json'), 'utf8')))
  const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
  const known = Object.keys(packages)
  const lost = wanted.filter((name) => !known.some((path) => path.endsWith(`node_modules/${name}`)))
  expect(wanted.length).toBeGreaterThan(0)
  expect(lost).toEqual([])
})
