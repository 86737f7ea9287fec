import { defineConfig } from 'vitest/config'

/** One product at a time, in the order written: the tests share it, and two cores carry no second one. */
export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../node_modules/.vite',
  test: {
    environment: 'node',
    include: ['*.test.ts'],
    fileParallelism: false,
    reporters: 'verbose',
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})
