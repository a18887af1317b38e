import { defineConfig } from 'vitest/config';

/** They replace modules (`vi.mock`), of which their neighbours would find the replacement. */
const REPLACES_MODULES = ['test/unit/client/dial.test.ts'];

/** Their runs are judged by how punctual they are, or by what the rehearsal itself takes. */
const REHEARSED = [
  'test/cli/limit.test.ts',
  'test/cli/scenarios.test.ts',
  'test/cli/shipped-scenarios.test.ts',
  'test/cli/sign-cost.test.ts',
  'test/cli/run/{flat-out,preflight,run}.test.ts',
  'test/faults/**/*.test.ts',
];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: files that start brokers and worker threads must not starve each other.
    maxWorkers: 2,
    maxConcurrency: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/{unit,property}/**/*.test.ts'],
          exclude: REPLACES_MODULES,
          // What is imported is read and compiled once per process, not once per file.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'live',
          include: ['test/{integration,cli,fuzz}/**/*.test.ts', ...REPLACES_MODULES],
          exclude: REHEARSED,
          // What a run does, not how fast it does it: see src/machine/cold-start.ts.
          env: { MQTT_FLEET_COLD: '1' },
        },
      },
      { extends: true, test: { name: 'rehearsed', include: REHEARSED } },
    ],
  },
});
