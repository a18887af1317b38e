import { defineConfig } from 'vitest/config';
import { MatrixReporter } from './matrix-reporter.ts';

/** The whole fault matrix. Rows mostly wait: four of them share two cores well. */
export default defineConfig({
  test: {
    include: ['test/faults/faults.test.ts'],
    env: { FAULTS: 'all' },
    hookTimeout: 60_000,
    maxConcurrency: 4,
    reporters: [new MatrixReporter()],
  },
});
