import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** They replace modules or the clock, which their neighbours would find replaced, or whose timers they would have to run. */
const ALONE = filesWith(/\bvi\.(mock|useFakeTimers)\(/);

/** Their runs are judged by how punctual they are, or by what the rehearsal itself takes. */
const REHEARSED = [
  'test/cli/ci.test.ts',
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
    // For two cores: files that start brokers and worker threads must not starve each other, but a third of their time they wait.
    maxWorkers: 3,
    maxConcurrency: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/{unit,property}/**/*.test.ts'],
          exclude: ALONE,
          // What is imported is read and compiled once per process, not once per file.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
      {
        extends: true,
        test: {
          name: 'live',
          include: ['test/{integration,cli,fuzz}/**/*.test.ts'],
          exclude: REHEARSED,
          // What a run does, not how fast it does it: see src/machine/cold-start.ts.
          env: { MQTT_FLEET_COLD: '1' },
        },
      },
      { extends: true, test: { name: 'rehearsed', include: REHEARSED } },
    ],
  },
});

function filesWith(what: RegExp): string[] {
  const root = fileURLToPath(new URL('..', import.meta.url));
  return ['test/unit', 'test/property'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((file) => file.endsWith('.test.ts') && what.test(readFileSync(join(root, file), 'utf8'))),
  );
}
