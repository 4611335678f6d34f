import { defineConfig } from 'vitest/config'

/** The chaos share of `npm test`: against the stack that is up, one file at a time. */
export default defineConfig({
  test: {
    include: ['test/chaos/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
})
