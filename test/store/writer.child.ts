/** Started by tests: writes without end and says what is durable, until it is killed or its disk is full. */
import { systemClock } from '../../sidecar/src/lib/clock.ts'
import { openStore, StoreError } from '../../sidecar/src/store/index.ts'
import { entry } from './entries.ts'

const [, , file = '', mode = 'endless'] = process.argv
const store = openStore({ file, clock: systemClock, key: Buffer.alloc(32, 7) })
process.stdout.write('open\n')

async function one(worker: number, number: number): Promise<void> {
  const ref = `${worker}-${number}`
  await store.receive([entry(ref, 'x'.repeat(mode === 'endless' ? 10 : 4000))])
  process.stdout.write(`${ref}\n`)
}

async function work(worker: number): Promise<void> {
  for (let number = 0; ; number += 1) await one(worker, number)
}

try {
  await Promise.all([1, 2, 3, 4].map(work))
} catch (error) {
  if (!(error instanceof StoreError)) throw error
  process.stdout.write(`refused ${error.fault} ${error.unavailable}\n`)
  process.exit(0)
}
