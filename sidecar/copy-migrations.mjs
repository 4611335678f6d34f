// tsc copies no .sql files: the built sidecar needs its numbered migrations beside store/db.js.
import { cpSync } from 'node:fs'

const here = new URL('.', import.meta.url)
cpSync(new URL('src/store/migrations', here), new URL('dist/store/migrations', here), { recursive: true })
