import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/chaos/**', 'test/bench/**', 'node_modules/**'],
    // Much of a test's time is waiting, for faults, retries and processes that start.
    maxWorkers: availableParallelism() + 1,
    // A process runs many files: loading the house for each of them took as long as the tests themselves.
    isolate: false,
    globalSetup: 'test/harness/global.ts',
    testTimeout: 20_000,
    // On a busy machine a process that starts may be late. What needed its second chance is listed as retried.
    retry: process.env.CI ? 1 : 0,
    hookTimeout: 60_000,
  },
})
