/** The stand-in as a process of its own: PORT, HOST, CARTONA_TOKEN and DATA_FILE from the environment. */
import { z } from 'zod'
import { startCartona } from './server.ts'

const environment = z
  .object({
    PORT: z.coerce.number().int().min(0).max(65_535).optional(),
    HOST: z.string().min(1).optional(),
    CARTONA_TOKEN: z.string().min(1).optional(),
    DATA_FILE: z.string().min(1).optional(),
  })
  .parse(process.env)

const server = await startCartona({
  ...(environment.PORT === undefined ? {} : { port: environment.PORT }),
  ...(environment.HOST === undefined ? {} : { host: environment.HOST }),
  ...(environment.CARTONA_TOKEN === undefined ? {} : { token: environment.CARTONA_TOKEN }),
  ...(environment.DATA_FILE === undefined ? {} : { dataFile: environment.DATA_FILE }),
})
console.log(`Cartona (stand-in) listens at ${server.url}`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void server.close().then(() => process.exit(0)))
}
