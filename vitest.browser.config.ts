import { defineConfig } from 'vitest/config'

const include = ['test/browser/**/*.test.ts']
const lighthouse = ['test/browser/lighthouse.test.ts']
// Servers, browsers and pages take their time.
const patience = { testTimeout: 180_000, hookTimeout: 180_000, retry: process.env.CI ? 2 : 0 }

export default defineConfig({
  test: {
    projects: [
      // Two browsers at a time: each spends much of its time waiting for pages.
      {
        test: {
          name: 'people',
          include,
          exclude: lighthouse,
          ...patience,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      // Alone, afterwards: it measures how fast the page is, and not what else the machine does.
      {
        test: {
          name: 'lighthouse',
          include: lighthouse,
          ...patience,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
