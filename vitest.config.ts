import { defineConfig } from 'vitest/config'

/** One project a folder, so that `vitest run --project credentials` runs what a change there needs. */
const project = (name: string, settings: object = {}) => ({
  extends: true as const,
  test: { name, include: [`${name}/**/*.test.ts`], exclude: ['**/node_modules/**'], environment: 'node' as const, ...settings },
})

export default defineConfig({
  test: {
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    projects: [
      project('contracts'),
      project('credentials'),
      project('node'),
      project('gateway'),
      project('web'),
      project('bench'),
      project('demo'),
      project('acceptance', { testTimeout: 300_000, hookTimeout: 300_000 }),
      { extends: true, test: { name: 'repository', include: ['*.test.ts'], environment: 'node' } },
    ],
  },
})
