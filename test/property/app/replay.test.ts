/** A run that is replayed from its journal is the run that was: whatever its shards said, in whatever order, and however they ended. */
import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { replayRun } from '../../../src/app/record/replay-run.ts';
import { headOf, summaryOf } from '../../../src/app/record/run-facts.ts';
import { journalRun } from '../../../src/app/record/run-record.ts';
import { Fleet } from '../../../src/coordinator/fleet.ts';
import { planRun, trialOf } from '../../../src/coordinator/plan.ts';
import type { FromShard } from '../../../src/load/protocol.ts';
import type { Ledger } from '../../../src/metrics/ledger.ts';
import type { Summary } from '../../../src/metrics/summary.ts';
import { parseThreshold } from '../../../src/metrics/threshold/expression.ts';
import { Journal } from '../../../src/report/journal/journal.ts';
import type { FinishedRun } from '../../../src/report/run/run-files.ts';
import { cases } from '../../support/cases.ts';
import { LinkInHand } from '../../unit/coordinator/link-in-hand.ts';
import { devicesOf, scenarioOf } from '../../unit/load/fleet.ts';
import { ManualClock } from '../../unit/load/manual-clock.ts';
import { snapshotOf } from '../../unit/metrics/snapshots.ts';

const DEVICES = 30;
const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-replay-'));
const path = join(folder, 'snapshots.jsonl');

afterAll(() => rmSync(folder, { recursive: true }));

/** What a shard measured in a second. */
interface Second {
  connected: number;
  failed: number;
  sent: number;
  acked: number;
  latenciesUs: number[];
}

interface Story {
  /** By shard: its seconds, and how it ends. */
  shards: { seconds: Second[]; isLost: boolean }[];
  /** Whose turn it is to speak; those that have more to say follow in order. */
  turns: number[];
  stopAfter: number | undefined;
}

const second: fc.Arbitrary<Second> = fc
  .record({
    connected: fc.nat(1),
    failed: fc.nat(1),
    sent: fc.nat(50),
    ackedShare: fc.double({ min: 0, max: 1, noNaN: true }),
    latenciesUs: fc.array(fc.nat(4_000_000_000), { maxLength: 5 }),
  })
  .map(({ ackedShare, ...rest }) => ({ ...rest, acked: Math.floor(rest.sent * ackedShare) }));

const story: fc.Arbitrary<Story> = fc.record({
  shards: fc.array(fc.record({ seconds: fc.array(second, { maxLength: 5 }), isLost: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  }),
  turns: fc.array(fc.nat(2), { maxLength: 15 }),
  stopAfter: fc.option(fc.nat(6), { nil: undefined }),
});

const thresholds = [
  ['connects_ok', 'share > 10%'],
  ['messages_acked', 'rate > 1'],
  ['publish_ack', 'p(99) < 1s'],
  ['messages_sent_per_sec', 'min > 3'],
].map(([metric, expression]) => {
  const reading = parseThreshold(metric!, expression!);
  if (!('threshold' in reading)) throw new Error(reading.wrong);
  return reading.threshold;
});

/** What a shard says at its end, so that its books balance. */
function closingMessage(told: Second[], share: number): FromShard {
  const sum = (of: (second: Second) => number): number => told.reduce((all, second) => all + of(second), 0);
  const untold = share - sum(({ connected, failed }) => connected + failed);
  const snapshot = snapshotOf(
    told.length,
    ({ counters }) => {
      counters.connects_scheduled = counters.connects_cancelled = untold;
      counters.messages_unacked = sum(({ sent, acked }) => sent - acked);
    },
    { closing: true },
  );
  return { type: 'snapshot', snapshot };
}

function snapshotMessage(nth: number, shard: number, told: Second): FromShard {
  const snapshot = snapshotOf(
    nth,
    (recorder) => {
      const { counters, trends } = recorder;
      counters.connects_scheduled = told.connected + told.failed;
      counters.connects_ok = told.connected;
      counters.connects_failed = told.failed;
      counters.messages_sent = told.sent;
      counters.messages_acked = told.acked;
      if (told.failed > 0) recorder.fail('tcp', 'refused', 'ECONNREFUSED', `d${shard}-${nth}`, told.failed);
      for (const us of told.latenciesUs) trends.publish_ack.record(us);
    },
    { open: told.connected, toUs: nth * 1e6 + 1e6 + shard * 37 },
  );
  return { type: 'snapshot', snapshot };
}

/** Lets promises resolve. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Tells it to a coordinator that writes its journal; gives back what became of it. */
async function lived({ shards, turns, stopAfter }: Story): Promise<FinishedRun> {
  const stages = [{ durationUs: 1e6, fromPerSec: DEVICES, toPerSec: DEVICES }];
  const scenario = scenarioOf({ thresholds, connect: { ...scenarioOf().connect, stages } });
  const devices = devicesOf(DEVICES);
  const plan = planRun(scenario, devices, shards.length);
  const head = headOf(scenario, DEVICES, plan, 'name: told\n');
  const journal = Journal.open(folder, head, () => {});
  const clock = new ManualClock();
  const links = shards.map(() => new LinkInHand(clock));
  const run = new Fleet({
    ...{ scenario, segments: plan.segments, connections: plan.starts, onLoss: 'stop', clock },
    devices: { kind: 'shared', table: devices.shared },
    target: { kind: 'url', protocol: 'mqtt', host: 'x', port: 1, path: '' },
    openLinks: async () => ({ links, destroy: async () => {} }),
    onEvent: journalRun(journal),
  });
  const ending = run.runOnce(trialOf(plan, scenario));
  await turn();
  for (const link of links) link.isPrepared(plan.connectUs);
  await turn();
  clock.advance(100_000);

  const next = shards.map(() => 0);
  const everyTurn = [...turns, ...shards.flatMap(({ seconds }, shard) => seconds.map(() => shard))];
  for (const [turn, shard] of everyTurn.entries()) {
    if (turn === stopAfter) run.requestStop('SIGINT');
    const told = shards[shard]?.seconds[next[shard]!];
    if (told === undefined) continue;
    links[shard]!.say(snapshotMessage(next[shard]!++, shard, told));
    clock.advance(300_000);
  }
  for (const [shard, link] of links.entries()) {
    const ledger = ledgerOf(shard);
    const { seconds, isLost } = shards[shard]!;
    if (!isLost) {
      link.say(closingMessage(seconds, plan.shares[shard]!));
      link.finish(ledger);
    } else {
      link.end('out of memory');
    }
  }
  const { totals, startedEpochMs, durationUs, breach } = await ending;
  journal.close(true);
  const outcome = { state: 'completed', reason: null } as const;
  const measured = { totals, outcome, startedEpochMs, durationUs, breach, observed: undefined };
  const summary = summaryOf(head, head.scenario.target, measured);
  const { intervals, merged } = totals.timeline;
  return { summary, intervals, merged, asRun: head.asRun };
}

const figuresOf = ({ summary: { outcome: _, ...figures }, merged, ...rest }: FinishedRun) => ({
  ...rest,
  figures,
  trends: [...merged!].map(([trend, histogram]) => [trend, histogram.stats(), histogram.compressedBase64()]),
});

it('gives the same summary and the same intervals, to the last digit', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const live = await lived(told);
      expect(figuresOf(await replayRun(folder))).toEqual(figuresOf(live));
    }),
    cases(0.1),
  );
});

/** Of the snapshots that are whole, by second. */
function toldBySecond(): Map<number, number> {
  const text = readFileSync(path, 'utf8');
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .trimEnd()
    .split('\n');
  const sent = new Map<number, number>();
  for (const line of lines) {
    const { type, snapshot } = JSON.parse(line);
    if (type !== 'snapshot') continue;
    sent.set(snapshot.second, (sent.get(snapshot.second) ?? 0) + (snapshot.counters.messages_sent ?? 0));
  }
  return sent;
}

it('cut off anywhere it is a run in balance, with all that was told but for the second under way', async () => {
  const places = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  await fc.assert(
    fc.asyncProperty(story, places, async (told, place) => {
      await lived(told);
      const text = readFileSync(path);
      const headBytes = text.indexOf('\n') + 1;
      truncateSync(path, headBytes + Math.floor((text.length - headBytes) * place));
      const { summary } = await replayRun(folder);
      expectSound(summary);
      const sent = toldBySecond();
      const newest = Math.max(-1, ...sent.keys());
      const all = [...sent.values()].reduce((sum, count) => sum + count, 0);
      expect(summary.counters.messages_sent).toBeLessThanOrEqual(all);
      expect(summary.counters.messages_sent).toBeGreaterThanOrEqual(all - (sent.get(newest) ?? 0));
    }),
    cases(0.1),
  );
});

function expectSound({ imbalances, counters, outcome }: Summary): void {
  expect(imbalances).toEqual([]);
  expect(counters.connects_scheduled).toBe(DEVICES);
  expect(outcome.state).toBe('partial');
}

/** Three messages sent long before the receiver closed, of which the last has not come and one before it is missing. */
function ledgerOf(shard: number): Ledger {
  return {
    sent: Float64Array.of(shard, 0, 1, 3, 1e6, 0, 0, 0, 0),
    received: Float64Array.of(shard, 0, 2, 60e6),
    missing: 1,
    shares: [],
  };
}
