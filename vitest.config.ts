// One project per kind of test; `npm test -- <project>` runs some of them.
import { defineConfig } from 'vitest/config';

const DIALECTS = ['sqlite', 'postgres', 'mysql'];

const store = (dialect: string) => ({
  extends: true as const,
  test: {
    name: `db-${dialect}`,
    include: ['test/db/**/*.test.ts'],
    env: { OPENCODEHUB_TEST_DIALECT: dialect },
    globalSetup: ['test/support/engines.setup.ts'],
    testTimeout: 60_000,
  },
});

const project = (name: string, include: string[], testTimeout: number) => ({
  extends: true as const,
  test: { name, include, testTimeout },
});

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    hookTimeout: 120_000,
    unstubEnvs: true,
    restoreMocks: true,
    projects: [
      project('unit', ['test/unit/**/*.test.ts', 'test/shape/**/*.test.ts'], 60_000),
      project('web', ['test/web/**/*.test.ts'], 60_000),
      ...DIALECTS.map(store),
      project('git', ['test/git/**/*.test.ts'], 300_000),
      project('e2e', ['test/e2e/**/*.test.ts'], 180_000),
    ],
  },
});
