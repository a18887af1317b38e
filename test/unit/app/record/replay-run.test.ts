import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replayRun } from '../../../../src/app/record/replay-run.ts';
import type { Summary } from '../../../../src/metrics/summary.ts';
import { FleetError, formatProblem } from '../../../../src/model/errors.ts';
import type { Counter } from '../../../../src/model/metrics/metric-names.ts';
import type { Threshold } from '../../../../src/model/scenario.ts';
import type { JournalEntry, JournalHead } from '../../../../src/report/journal/entry.ts';
import { jsonLine } from '../../../../src/report/journal/json-line.ts';
import { snapshotOf } from '../../metrics/snapshots.ts';
import { headOfTwo } from '../../report/journal/journals.ts';

const STARTED = Date.UTC(2026, 0, 2, 3, 4, 10);
const started: JournalEntry = { type: 'started', epochMs: STARTED };
const ledger = { sent: new Float64Array(), received: new Float64Array(), missing: 0, shares: [] };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-replay-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function told(shard: number, second: number, counts: Partial<Record<Counter, number>> = {}): JournalEntry {
  const snapshot = snapshotOf(second, ({ counters }) => Object.assign(counters, counts), { open: 5 });
  return { type: 'snapshot', shard, sequence: second, snapshot };
}

async function replayed(entries: JournalEntry[], head: Partial<JournalHead> = {}): Promise<Summary> {
  writeFileSync(join(folder, 'snapshots.jsonl'), [headOfTwo(head), ...entries].map(jsonLine).join(''));
  return (await replayRun(folder)).summary;
}

const all = {
  connects_scheduled: 5,
  connects_started: 5,
  connects_ok: 5,
  messages_sent: 10,
  messages_acked: 10,
};
const ten = { messages_sent: 10, messages_acked: 10 };

describe('a run that was killed', () => {
  it('is partial, for as long as it was measured, and the books of its shards are closed', async () => {
    const summary = await replayed([
      started,
      told(0, 0, all),
      told(1, 0, { connects_scheduled: 3, connects_ok: 2, messages_sent: 10, messages_acked: 7 }),
      told(0, 1, ten),
      told(1, 1, ten),
    ]);
    expect(summary.outcome).toEqual({
      state: 'partial',
      reason: 'the process was killed; this is what it had measured until 2026-01-02T03:04:12.000Z',
    });
    expect(summary.durationMs).toBe(2000);
    expect(summary.startedAt).toBe('2026-01-02T03:04:10.000Z');
    expect(summary.counters).toMatchObject({
      ...{ connects_scheduled: 10, connects_ok: 7, connects_lost: 3 },
      ...{ messages_sent: 40, messages_acked: 37, messages_unacked: 3 },
    });
    expect(summary.imbalances).toEqual([]);
    expect(summary.windows.map(({ open }) => open)).toEqual([10, 10]);
  });

  it('has no figures of a second that only some of its workers had told of', async () => {
    const summary = await replayed([started, told(0, 0, all), told(1, 0, all), told(0, 1, ten)]);
    expect(summary.durationMs).toBe(1000);
    expect(summary.counters.messages_sent).toBe(20);
    expect(summary.trends.messages_sent_per_sec).toMatchObject({ count: 1, min: 20, max: 20 });
  });

  it('keeps what the others told while one was silent for long', async () => {
    const seconds = [1, 2, 3].map((second) => told(0, second, ten));
    const summary = await replayed([started, told(1, 0, all), told(0, 0, all), ...seconds]);
    expect(summary.counters.messages_sent).toBe(20 + 2 * 10);
    expect(summary.windows.map(({ second }) => second)).toEqual([0, 1, 2]);
  });

  it('keeps all that a shard told that was done', async () => {
    const done: JournalEntry = { type: 'done', shard: 0, ledger };
    const summary = await replayed([started, told(0, 0, all), told(1, 0, all), told(0, 1, ten), done]);
    expect(summary.counters.messages_sent).toBe(30);
  });

  it('before its start line has measured nothing, and says so', async () => {
    const summary = await replayed([{ type: 'aimed', target: 'mqtt://y:1 (stand-in)' }]);
    expect(summary.outcome.reason).toContain('before its start line');
    expect(summary.scenario.target).toBe('mqtt://y:1 (stand-in)');
    expect(summary.counters).toMatchObject({ connects_scheduled: 10, connects_lost: 10 });
    expect(summary.durationMs).toBe(0);
  });

  it('while it was stopping has the length up to the stop', async () => {
    const stopping: JournalEntry = { type: 'stopping', reason: 'SIGINT', ranForUs: 700_000 };
    const summary = await replayed([started, stopping, told(0, 0, all), told(1, 0, all)]);
    expect(summary.durationMs).toBe(700);
    expect(summary.outcome.state).toBe('partial');
  });

  it('cannot know which messages were lost: no data, and no pass', async () => {
    const counted = { aggregate: 'count', operator: '==', bound: 0, expression: 'count == 0' } as const;
    const thresholds: Threshold[] = [
      { metric: 'messages_lost', ...counted },
      { metric: 'connects_failed', ...counted },
    ];
    const { thresholds: results } = await replayed([started, told(0, 0, all), told(1, 0, all)], {
      thresholds,
    });
    expect(results.map(({ verdict }) => verdict)).toEqual(['no-data', 'pass']);
  });
});

it('a journal that was cut says by what', async () => {
  const cut: JournalEntry = { type: 'cut', reason: 'ENOSPC: no space left on device, write' };
  const summary = await replayed([started, told(0, 0, all), told(1, 0, all), cut]);
  expect(summary.outcome.reason).toMatch(/^its journal was cut \(ENOSPC: no space left on device, write\); /);
});

it('of a run that goes on it is what has been measured so far', async () => {
  await replayed([started, told(0, 0, all), told(1, 0, all)]);
  const { summary } = await replayRun(folder, true);
  expect(summary.outcome.reason).toMatch(/^the run goes on; this is what it has measured until/);
});

describe('a run that has ended', () => {
  const books = [0, 1].flatMap((shard): JournalEntry[] => [
    told(shard, 0, all),
    { type: 'done', shard, ledger },
  ]);

  it('is what its last entry says of it', async () => {
    const outcome = { state: 'aborted', reason: 'SIGTERM' } as const;
    const ended: JournalEntry = {
      type: 'ended',
      outcome,
      startedEpochMs: STARTED + 1,
      durationUs: 1_234_000,
    };
    const summary = await replayed([started, ...books, ended]);
    expect(summary).toMatchObject({ outcome, durationMs: 1234, startedAt: '2026-01-02T03:04:10.001Z' });
  });

  it('and was killed before it could say so is whole', async () => {
    expect(await replayed([started, ...books])).toMatchObject({
      outcome: { state: 'completed', reason: null },
      durationMs: 2900,
    });
    const breach = {
      index: 0,
      result: { metric: 'connects_ok', expression: 'count < 1', verdict: 'fail', actual: 10 },
    } as const;
    const stopping: JournalEntry = { type: 'stopping', reason: 'threshold', ranForUs: 1e6, breach };
    const threshold: Threshold = {
      ...{ metric: 'connects_ok', expression: 'count < 1', aggregate: 'count', operator: '<', bound: 1 },
    };
    const stopped = await replayed([started, stopping, ...books], { thresholds: [threshold] });
    expect(stopped.outcome).toEqual({ state: 'aborted', reason: 'threshold' });
    expect(stopped.thresholds).toEqual([{ ...breach.result, abortedRun: true }]);
  });

  it('without one of its workers is partial', async () => {
    const lost: JournalEntry = { type: 'lost', shard: 1, reason: 'out of memory' };
    const summary = await replayed([started, ...books.slice(0, 3), lost]);
    expect(summary.outcome).toEqual({ state: 'partial', reason: 'worker 1 was lost: out of memory' });
  });
});

it('entries that do not go together are bad input, with their line', async () => {
  const problemsOf = async (entries: JournalEntry[]): Promise<string[]> => {
    const error = await replayed(entries).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FleetError);
    return (error as FleetError).problems.map((problem) => formatProblem(problem).replace(`${folder}/`, ''));
  };
  expect(await problemsOf([told(0, 0), told(0, 2), { type: 'lost', shard: 2, reason: '' }])).toEqual([
    'snapshots.jsonl:3: is snapshot 2 of shard 0, where 1 is due',
    'snapshots.jsonl:4: is of shard 2, of 2 from 0 on',
  ]);
  expect(await problemsOf([told(0, 0), { ...told(0, 0), sequence: 1 } as JournalEntry])).toEqual([
    'snapshots.jsonl:3: is of second 0 of shard 0, which has been told',
  ]);
  const breach = {
    index: 0,
    result: { metric: 'connects_ok', expression: '', verdict: 'fail', actual: 1 },
  } as const;
  expect(await problemsOf([{ type: 'stopping', reason: '', ranForUs: 0, breach }])).toEqual([
    'snapshots.jsonl:2: is of a threshold that there is not',
  ]);
  // More connects than the shards had starts.
  const nine = { connects_scheduled: 9, connects_ok: 9 };
  expect(await problemsOf([told(0, 0, nine), told(1, 0, nine)])).toEqual([
    expect.stringContaining('contradict each other'),
  ]);
});
