import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { repo } from './paths.ts'

const conditions = ['service_healthy', 'service_completed_successfully'] as const
const serviceSchema = z.strictObject({
  image: z.string().optional(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string(), target: z.string() }).optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  stop_grace_period: z.string().optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()).min(2),
      interval: z.string(),
      timeout: z.string(),
      start_period: z.string().optional(),
      retries: z.number().int(),
    })
    .optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.enum(conditions) })).optional(),
  restart: z.enum(['no', 'unless-stopped']),
})

const composeSchema = z.strictObject({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
})

const file = (path: string) => readFileSync(join(repo, path), 'utf8')
const compose = composeSchema.parse(parse(file('docker-compose.yml')))
const services = Object.entries(compose.services)
const service = (name: string) => serviceSchema.parse(compose.services[name])
const dockerfile = file('sidecar/Dockerfile')
const stagesOf = [...dockerfile.matchAll(/^FROM (\S+) AS (\S+)$/gm)].map(([, from, name]) => ({ from, name }))

describe('docker compose up', () => {
  it('brings Odoo 18 and PostgreSQL from official images, and our own parts from this repository', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['cartona', 'db', 'install', 'odoo', 'setup', 'sidecar'])
    expect(service('odoo').image).toBe('odoo:18.0')
    expect(service('db').image).toMatch(/^postgres:\d+$/)
  })

  it.each(services)('%s is built from what exists, or pulled, never both', (_name, { image, build }) => {
    expect([image, build].filter(Boolean)).toHaveLength(1)
    if (!build) return
    expect(existsSync(join(repo, build.context, build.dockerfile))).toBe(true)
    expect(stagesOf.map((stage) => stage.name)).toContain(build.target)
  })

  it.each(services)('%s waits only for what exists and can become ready', (_name, { depends_on = {} }) => {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      const { healthcheck, restart } = service(other)
      if (condition === 'service_healthy') expect(healthcheck, other).toBeDefined()
      else expect(restart, other).toBe('no')
    }
  })

  it.each(services)('%s mounts declared volumes or folders of this repository', (_name, { volumes = [] }) => {
    for (const [source = ''] of volumes.map((volume) => volume.split(':'))) {
      if (source.startsWith('.')) expect(existsSync(join(repo, source))).toBe(true)
      else expect(Object.keys(compose.volumes)).toContain(source)
    }
  })

  it.each(services)('%s is reachable from this machine only', (_name, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  it('checks the health of everything that stays', () => {
    const staying = services.filter(([, { restart }]) => restart === 'unless-stopped')
    expect(staying.map(([name]) => name).sort()).toEqual(['cartona', 'db', 'odoo', 'sidecar'])
    for (const [name, { healthcheck }] of staying) expect(healthcheck, name).toBeDefined()
  })

  it('runs scripts that exist', () => {
    const scripts = services.flatMap(([, { command = [] }]) => command.filter((word) => word.endsWith('.ts')))
    expect(scripts).toHaveLength(2)
    for (const script of scripts) expect(existsSync(join(repo, script)), script).toBe(true)
  })

  it('gives setup and the sidecar the same pairing code, and the shop its own token', () => {
    expect(service('setup').environment?.PAIRING_CODE).toBe(service('sidecar').environment?.PAIRING_CODE)
    expect(service('setup').environment?.CARTONA_TOKEN).toBe(service('cartona').environment?.CARTONA_TOKEN)
  })
})

describe('the image of the sidecar', () => {
  it('runs as an ordinary user on a read-only file system, with its data on a volume', () => {
    expect(service('sidecar')).toMatchObject({ user: 'node', read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'] })
    expect(service('sidecar').volumes).toEqual(['sidecar:/data'])
    expect(service('sidecar').environment?.DATA_DIR).toBe('/data')
  })

  it('is Node 24, not root, and says whether it lives', () => {
    const runtime = dockerfile.slice(dockerfile.indexOf(' AS runtime'))
    expect(stagesOf.find((stage) => stage.name === 'runtime')?.from).toBe('node:24-slim')
    expect(runtime).toMatch(/^USER node$/m)
    expect(runtime).toContain('/health/live')
    expect(runtime).toMatch(/^CMD \["node", "sidecar\/dist\/main\.js"\]$/m)
  })

  it('copies only what is there', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) => names.split(' '))
    expect(copied.length).toBeGreaterThan(0)
    for (const name of copied) expect(existsSync(join(repo, name)), name).toBe(true)
  })
})
