/** The head of a journal, for tests: two shards of five starts, two seconds of load. */
import type { JournalHead } from '../../../../src/report/journal/entry.ts';

export function headOfTwo(part: Partial<JournalHead> = {}): JournalHead {
  return {
    type: 'head',
    journalVersion: 1,
    tool: { name: 'mqtt-fleet', version: '0' },
    run: 'made',
    openedEpochMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    scenario: {
      name: 'made',
      target: 'mqtt://x:1883',
      devices: 10,
      client: 'mqtt',
      protocol: '3.1.1',
      signmethod: 'hmacsha1',
      workers: 2,
    },
    asRun: 'name: made\n',
    plan: { shares: [5, 5], connectUs: 900_000, durationUs: 2_900_000 },
    isFlatOut: false,
    connectsOnce: false,
    thresholds: [],
    environment: { node: 'v20', cores: 2 },
    ...part,
  };
}
