import { WasmHistogram } from 'hdr-histogram-js';
import { expect, it, vi } from 'vitest';
import { imbalances } from '../../../src/metrics/books.ts';
import { EXAMPLES_PER_FAILURE } from '../../../src/metrics/recorder.ts';
import { Totals } from '../../../src/metrics/totals.ts';
import { snapshotOf } from './snapshots.ts';

it('merges the snapshots of all shards', () => {
  const totals = new Totals(2);
  for (const shard of [0, 1]) {
    for (const second of [0, 1]) {
      totals.add(
        shard,
        snapshotOf(second, ({ counters, trends }) => {
          counters.messages_sent = 10 * (shard + 1);
          trends.publish_ack.record(1000 * (shard + 1) + second);
        }),
      );
    }
  }
  expect(totals.counters.messages_sent).toBe(60);
  expect(totals.histogram('publish_ack')!.stats()).toMatchObject({
    count: 4,
    min: 1000,
    max: 2001,
    mean: 1500.5,
  });
  expect(totals.histogram('connect_tls')).toBeUndefined();
  expect(totals.vitals.map((samples) => samples.length)).toEqual([2, 2]);
});

it('decodes each trend of a snapshot once, for the run and for the second', () => {
  const decode = vi.spyOn(WasmHistogram, 'decode');
  const totals = new Totals(1);
  totals.add(
    0,
    snapshotOf(0, ({ trends }) => {
      trends.publish_ack.record(1000);
      trends.connect_tls.record(2000);
    }),
  );
  expect(decode).toHaveBeenCalledTimes(2);
  expect(totals.histogram('publish_ack')!.max).toBe(1000);
  expect(totals.timeline.seconds[0]!.trends.publish_ack!.max).toBe(1000);
  decode.mockRestore();
});

it('the most attempts are those of the worst device of any shard', () => {
  const totals = new Totals(2);
  for (const [shard, tries] of [2, 5, 1].entries()) {
    totals.add(
      shard % 2,
      snapshotOf(Math.floor(shard / 2), (recorder) => recorder.triesOfReturn(tries)),
    );
  }
  expect(totals.mostTries).toBe(5);
});

it('lists failures with the most frequent first, with a few examples each', () => {
  const totals = new Totals(2);
  for (const shard of [0, 1]) {
    totals.add(
      shard,
      snapshotOf(0, (recorder) => {
        recorder.fail('dns', 'dns', 'ENOTFOUND', `rare${shard}`);
        for (let i = 0; i < 5; i++) recorder.fail('tcp', 'refused', 'ECONNREFUSED', `s${shard}d${i}`);
      }),
    );
  }
  expect(totals.failures.map(({ kind, count }) => [kind, count])).toEqual([
    ['refused', 10],
    ['dns', 2],
  ]);
  expect(totals.failures[0]!.examples).toEqual(['s0d0', 's0d1', 's0d2']);
  expect(totals.failures[0]!.examples).toHaveLength(EXAMPLES_PER_FAILURE);
  expect(totals.failures[1]!.examples).toEqual(['rare0', 'rare1']);
});

it('names a device once among the examples, however many snapshots tell of it', () => {
  const totals = new Totals(1);
  for (const second of [0, 1, 2]) {
    totals.add(
      0,
      snapshotOf(second, (recorder) => {
        for (const device of ['a', `b${second}`]) recorder.fail('puback', 'rejected', 'PUBACK 151', device);
      }),
    );
  }
  expect(totals.failures).toMatchObject([{ count: 6, examples: ['a', 'b0', 'b1'] }]);
});

it('what was lost is known at the end, and what came to two shards too', () => {
  const totals = new Totals(1);
  totals.add(
    0,
    snapshotOf(0, ({ counters }) => {
      counters.messages_duplicated = 2;
    }),
  );
  totals.closeMessages({ lost: 7, duplicated: 3 });
  expect(totals.counters).toMatchObject({ messages_lost: 7, messages_duplicated: 5 });
});

it('does not change a snapshot it merged', () => {
  const totals = new Totals(1);
  const first = snapshotOf(0, (recorder) => recorder.fail('tcp', 'reset', '', 'a'));
  const second = snapshotOf(1, (recorder) => recorder.fail('tcp', 'reset', '', 'b'));
  totals.add(0, first);
  totals.add(0, second);
  expect(first.failures[0]).toMatchObject({ count: 1, examples: ['a'] });
});

it('closes the books of a lost shard', () => {
  const totals = new Totals(2);
  totals.add(
    0,
    snapshotOf(0, ({ counters }) => {
      Object.assign(counters, {
        connects_scheduled: 10,
        connects_ok: 10,
        messages_sent: 5,
        messages_acked: 5,
      });
    }),
  );
  totals.add(
    1,
    snapshotOf(0, ({ counters }) => {
      // One start is dropped, two failed, three are open, one is under way; the schedule has three more.
      Object.assign(counters, {
        connects_scheduled: 7,
        connects_ok: 3,
        connects_failed: 2,
        connects_dropped: 1,
      });
      // Of nine messages two are QoS 0; four of the others have an outcome.
      Object.assign(counters, {
        messages_sent: 9,
        messages_sent_qos0: 2,
        messages_acked: 3,
        messages_failed: 1,
      });
    }),
  );
  expect(imbalances(totals.counters)).toHaveLength(2);
  totals.lose(1, 10);
  expect(imbalances(totals.counters)).toEqual([]);
  expect(totals.counters).toMatchObject({ connects_scheduled: 20, connects_lost: 4, messages_unacked: 3 });
});

it('what a lost shard had given up itself is not given up a second time', () => {
  const totals = new Totals(1);
  const said = { messages_sent: 9, messages_sent_qos0: 2, messages_acked: 3, messages_unacked: 2 };
  totals.add(
    0,
    snapshotOf(0, ({ counters }) => Object.assign(counters, said)),
  );
  totals.lose(0, 0);
  expect(totals.counters.messages_unacked).toBe(4);
  expect(imbalances(totals.counters)).toEqual([]);
});

it('a shard lost before its first snapshot has lost all its starts', () => {
  const totals = new Totals(1);
  totals.lose(0, 7);
  expect(totals.counters).toMatchObject({ connects_scheduled: 7, connects_lost: 7, messages_unacked: 0 });
  expect(imbalances(totals.counters)).toEqual([]);
});

it('a shard lost after its own drain has lost none', () => {
  const totals = new Totals(1);
  const settled = { connects_scheduled: 5, connects_ok: 2, connects_cancelled: 3 };
  totals.add(
    0,
    snapshotOf(0, ({ counters }) => Object.assign(counters, settled)),
  );
  totals.lose(0, 5);
  expect(totals.counters).toMatchObject({ ...settled, connects_lost: 0 });
});
