import { defineConfig } from 'vitest/config';

/** Measurements: one at a time, on a machine that does nothing else. */
export default defineConfig({
  test: {
    include: ['test/bench/**/*.bench.ts'],
    testTimeout: 300_000,
    maxWorkers: 1,
    fileParallelism: false,
    reporters: ['default'],
  },
});
