import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FleetError, formatProblem } from '../../../../src/model/errors.ts';
import type { JournalEntry } from '../../../../src/report/journal/entry.ts';
import { MOST_LINE_BYTES } from '../../../../src/report/journal/journal.ts';
import { jsonLine } from '../../../../src/report/journal/json-line.ts';
import { readJournal } from '../../../../src/report/journal/read-journal.ts';
import { snapshotOf } from '../../metrics/snapshots.ts';
import { headOfTwo } from './journals.ts';

let folder: string;
let path: string;
let entries: JournalEntry[];
let heads: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-journal-'));
  path = join(folder, 'j');
  entries = [];
  heads = 0;
});

afterEach(() => rmSync(folder, { recursive: true }));

const read = () =>
  readJournal(path, {
    onHead: () => void heads++,
    onEntry(entry) {
      entries.push(entry);
      return entry.type === 'lost' && entry.reason === 'objectionable' ? 'does not fit' : undefined;
    },
  });

/** Each as it is printed, without the path. */
async function problemsOf(...lines: (string | object)[]): Promise<string[]> {
  writeFileSync(path, lines.map((line) => (typeof line === 'string' ? line : jsonLine(line))).join(''));
  const error = await read().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FleetError);
  expect((error as FleetError).code).toBe('bad-input');
  return (error as FleetError).problems.map((problem) => formatProblem(problem).replace(path, 'j'));
}

const snapshot = snapshotOf(0, ({ counters, trends }) => {
  counters.connects_ok = 3;
  for (const us of [1, 70_000, 3_000_000]) trends.connect_latency.record(us);
});
const told = { type: 'snapshot', shard: 1, sequence: 0, snapshot } as const;

it('gives back every entry as it was written', async () => {
  const written: JournalEntry[] = [
    { type: 'aimed', target: 'mqtt://x' },
    { type: 'started', epochMs: 1 },
    told,
    {
      type: 'done',
      shard: 0,
      ledger: {
        sent: Float64Array.of(1, 2, 4_000_000_000.5),
        received: Float64Array.of(),
        missing: 3,
        shares: [
          {
            name: '$share/g/a',
            fromUs: 5,
            doubts: [{ fromUs: 7, toUs: Number.POSITIVE_INFINITY }],
            streams: [
              {
                ...{ device: 1, plan: 0, from: Number.POSITIVE_INFINITY, highest: 9 },
                ...{ words: Uint32Array.of(5), intendedUs: Float64Array.of(0.5), cameUs: Float64Array.of(1) },
                ...{ connections: new Set([1, 4]), isSingle: true, isWhole: false },
              },
            ],
          },
        ],
      },
    },
    { type: 'lost', shard: 1, reason: 'out of memory' },
    { type: 'cut', reason: 'ENOSPC' },
  ];
  writeFileSync(path, [headOfTwo(), ...written].map(jsonLine).join(''));
  await read();
  expect(heads).toBe(1);
  expect(entries).toEqual(written);
});

it('passes over a last line that does not end, wherever it was cut', async () => {
  const whole = jsonLine(headOfTwo()) + jsonLine({ type: 'started', epochMs: 1 });
  const last = jsonLine(told);
  for (const length of [1, 40, last.length - 2, last.length - 1]) {
    writeFileSync(path, whole + last.slice(0, length));
    entries = [];
    await read();
    expect(entries).toEqual([{ type: 'started', epochMs: 1 }]);
  }
});

it('says of a line that is none of a journal which it is, and of all of them', async () => {
  expect(
    await problemsOf(
      headOfTwo(),
      'garbage\n',
      { type: 'started', epochMs: -1 },
      { type: 'party', epochMs: 1 },
      { type: 'lost', shard: 0, reason: 'objectionable' },
      { ...told, snapshot: { ...snapshot, counters: { connects_ok: -1 } } },
      'null\n',
    ),
  ).toEqual([
    'j:2: is no JSON',
    'j:3: epochMs is below 0',
    'j:4: type is not of the right form',
    'j:5: does not fit',
    'j:6: snapshot.counters.connects_ok is below 0',
    expect.stringMatching(/^j:7: /),
  ]);
});

it('names the first twenty', async () => {
  expect(await problemsOf(headOfTwo(), 'garbage\n'.repeat(1000))).toHaveLength(20);
});

it('takes no histogram that is not its own kind, or lies about itself', async () => {
  const encoded = snapshot.trends.connect_latency!;
  const withBuckets = (buckets: Uint8Array, part: object = {}) => ({
    ...told,
    snapshot: { ...snapshot, trends: { connect_latency: { ...encoded, buckets, ...part } } },
  });
  const other = Uint8Array.from(encoded.buckets);
  new DataView(other.buffer).setBigUint64(24, 2n ** 60n);
  for (const wrong of [
    withBuckets(other),
    withBuckets(encoded.buckets.subarray(0, 30)),
    withBuckets(Uint8Array.of()),
    withBuckets(encoded.buckets, { count: 4 }),
  ])
    expect(await problemsOf(headOfTwo(), wrong)).toEqual([
      'j:2: snapshot.trends.connect_latency is no histogram that can be merged',
    ]);
});

it('what is no journal at all is said at its first line, and nothing else of it', async () => {
  expect(await problemsOf('{"a":1}\n', 'garbage\n')).toEqual(['j:1: is no journal of a run']);
  expect(await problemsOf('[]\n')).toEqual(['j:1: is no journal of a run']);
  expect(await problemsOf('%PDF-1.4\n')).toEqual(['j:1: is no journal of a run']);
  expect(await problemsOf({ ...headOfTwo(), journalVersion: 2 })).toEqual([
    'j:1: has journalVersion 2; this version reads 1',
  ]);
  const { plan: _, ...planless } = headOfTwo();
  expect(await problemsOf(planless)).toEqual(['j:1: plan is missing']);
  expect(await problemsOf('')).toEqual(['j: is no journal of a run: it holds no whole line']);
  expect(heads).toBe(0);
});

it('a line without an end is read no further than the longest of a journal', async () => {
  expect(await problemsOf(headOfTwo(), 'x'.repeat(MOST_LINE_BYTES + 100_000))).toEqual([
    expect.stringMatching(/^j:2: is longer than \d+ bytes$/),
  ]);
});

it('a folder, a device, and what is not there are problems', async () => {
  const problemOf = async (file: string) => {
    path = file;
    return read().catch((error: FleetError) => error.problems.map(({ message }) => message));
  };
  mkdirSync(join(folder, 'd'));
  expect(await problemOf(join(folder, 'd'))).toEqual(['is no file']);
  expect(await problemOf('/dev/zero')).toEqual(['is no file']);
  expect(await problemOf(join(folder, 'absent'))).toEqual([expect.stringContaining('ENOENT')]);
});
