import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/chaos/**', 'test/bench/**', 'node_modules/**'],
    globalSetup: 'test/harness/global.ts',
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
