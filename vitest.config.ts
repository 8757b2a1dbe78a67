import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/chaos/**', 'test/bench/**', 'node_modules/**'],
    // Vitest leaves a core free, which is half of a small machine; and much of a test's time is waiting.
    maxWorkers: availableParallelism() + 1,
    globalSetup: 'test/harness/global.ts',
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
