import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,property,integration,cli,faults,fuzz}/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: files that start brokers and worker threads must not starve each other.
    maxWorkers: 2,
    maxConcurrency: 3,
  },
});
