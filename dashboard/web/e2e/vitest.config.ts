import { defineConfig } from 'vitest/config'

/**
 * The tests of a file share one product, in the order written. Where times are measured and large pages are drawn, one
 * product has the machine for itself; the days of the roles wait most of the time and run two beside each other.
 */
export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../node_modules/.vite',
  test: {
    environment: 'node',
    include: ['*.test.ts'],
    fileParallelism: process.env.AT_ONCE !== undefined,
    maxWorkers: Number(process.env.AT_ONCE ?? 1),
    reporters: 'verbose',
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})
