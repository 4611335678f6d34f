import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { LinkRecord, OperationRecord } from '../../sidecar/src/flows/ports.ts'
import { handClock } from '../../sidecar/src/lib/clock.ts'
import { createIds } from '../../sidecar/src/lib/id.ts'
import { MEMORY, openStore, type SidecarStore } from '../../sidecar/src/store/index.ts'
import { START } from './entries.ts'

export { change, entry } from './entries.ts'

export const KEY = Buffer.alloc(32, 7)
export const clock = handClock(START)

const ids = createIds({ clock })
const opened: { close(): void }[] = []
const folders: string[] = []

afterEach(() => {
  for (const one of opened.splice(0)) one.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  clock.set(Date.parse(START))
})

/** Closed after the test, if the test did not. */
export function closing<T extends { close(): void }>(one: T): T {
  let isOpen = true
  const original = one.close
  one.close = () => {
    if (isOpen) original.call(one)
    isOpen = false
  }
  opened.push(one)
  return one
}

export function store(file: string = MEMORY, key: Buffer | readonly Buffer[] = KEY): SidecarStore {
  return closing(openStore({ file, clock, key }))
}

export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'store-'))
  folders.push(made)
  return made
}

export function operation(patch: Partial<OperationRecord> = {}): OperationRecord {
  return {
    id: ids.next(),
    direction: 'out',
    link: '11',
    shop: '1',
    ref: 'A',
    state: 'recorded',
    path: ['shipped', 'delivered'],
    step: 0,
    rows: ['901', '902'],
    version: '902',
    base: { status: 'approved', pair: { order: 'sale', delivery: 'ready' } },
    ours: { order: 'sale', delivery: 'done' },
    theirs: 'approved',
    agreed: { status: 'delivered', pair: { order: 'sale', delivery: 'done' } },
    inputs: { buyer_code: '4711' },
    trigger: 'delivery_done',
    user: 'Mitchell',
    hops: 0,
    inbox: null,
    attempts: 0,
    dueAt: clock.iso(),
    reason: '',
    recordedAt: clock.iso(),
    ack: null,
    apply: null,
    ...patch,
  }
}

export function link(patch: Partial<LinkRecord> = {}): LinkRecord {
  return {
    id: '11',
    shop: '1',
    ref: 'A',
    owner: true,
    fulfilledBy: 'us',
    version: '902',
    base: null,
    ours: { order: 'sale', delivery: 'ready' },
    theirs: null,
    sent: [],
    needs: { delivered: ['buyer_code'] },
    updatedAt: clock.iso(),
    ...patch,
  }
}
