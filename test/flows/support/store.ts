import { randomBytes } from 'node:crypto'
import { systemClock } from '../../../sidecar/src/lib/clock.ts'
import { MEMORY, openStore, type SidecarStore } from '../../../sidecar/src/store/index.ts'

/** The real store, in memory. */
export const openTestStore = (): SidecarStore => openStore({ file: MEMORY, clock: systemClock, key: randomBytes(32) })
