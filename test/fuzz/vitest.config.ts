import { defineConfig } from 'vitest/config';

/** A long campaign: what the tests do a thousand times, a hundred times as often. */
export default defineConfig({
  test: {
    include: ['test/fuzz/**/*.test.ts'],
    env: { FUZZ_CASES: process.env.FUZZ_CASES ?? '100000' },
    testTimeout: 900_000,
    maxWorkers: 1,
    fileParallelism: false,
  },
});
