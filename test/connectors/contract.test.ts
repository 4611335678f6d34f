import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { connectorByName, connectors, parseSettings } from '../../sidecar/src/connectors/index.ts'
import { harnesses } from './harness.ts'
import { testConnector } from './suite.ts'

const folder = new URL('../../sidecar/src/connectors/', import.meta.url)
const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())

describe('the register', () => {
  it('holds every folder, under the name of the folder', () => {
    expect(connectors.map((connector) => connector.name).sort()).toEqual(folders.map((entry) => entry.name).sort())
  })

  it('finds a connector by name, and nothing for a name that nobody has', () => {
    for (const connector of connectors) expect(connectorByName(connector.name)).toBe(connector)
    expect(connectorByName('toString')).toBeNull()
  })

  it('gives every connector a stand-in to be tested against', () => {
    expect(Object.keys(harnesses).sort()).toEqual(connectors.map((connector) => connector.name).sort())
  })

  it.each(connectors)('$name has the files that a connector has', ({ name }) => {
    const files = readdirSync(new URL(`${name}/`, folder))
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'client.ts', 'config.ts', 'index.ts', 'mapping.ts', 'raw.ts', 'states.ts']),
    )
  })

  it.each(connectors.flatMap(({ name }) => ['mapping.ts', 'states.ts'].map((file) => `${name}/${file}`)))(
    'keeps %s pure: no I/O, no clock, no chance, no environment',
    (file) => {
      const source = readFileSync(new URL(file, folder), 'utf8')
      const imports = [...source.matchAll(/from '([^']+)'/g)].map((match) => match[1])
      for (const from of imports) expect(['./states.ts', '../contract.ts', '../../core/entities.ts']).toContain(from)
      expect(source).not.toMatch(/\b(Date|process|fetch|crypto|setTimeout)\b|Math\.random|import\(/)
    },
  )

  it.each(connectors)('$name with an empty form says in sentences what is missing', (connector) => {
    const parsed = parseSettings(connector, {}, {})
    expect(parsed).toMatchObject({ ok: false })
    if (!parsed.ok) for (const problem of parsed.problems) expect(problem).toMatch(/^[A-Z].*: is missing\. [A-Z].*\.$/)
  })
})

describe.each(connectors)('$name', (connector) => {
  const harness = harnesses[connector.name]
  if (harness) testConnector(connector, harness)
})
