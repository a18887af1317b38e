import { describe, expect, it } from 'vitest';
import { Totals } from '../../../../src/metrics/totals.ts';
import { courseOf, figuresOf, HISTORY_SECONDS } from '../../../../src/report/live/live-facts.ts';
import { snapshotOf } from '../../metrics/snapshots.ts';
import { busyTotals, LENGTHS } from '../standing.ts';

describe('the course', () => {
  it.each([
    ['starting', undefined, undefined, 20e6],
    ['connecting', -0.1e6, undefined, 20.1e6],
    ['connecting', 3.9e6, undefined, 16.1e6],
    ['holding', 4e6, undefined, 16e6],
    ['draining', 20e6, undefined, 5e6],
    ['draining', 24e6, undefined, 1e6],
    ['draining', 27e6, undefined, 0],
    // Stopped after three seconds: the drain is as long as ever.
    ['draining', 3e6, 3e6, 5e6],
    ['draining', 7e6, 3e6, 1e6],
    // Stopped in the drain, which goes on as it would have.
    ['draining', 22e6, 21e6, 3e6],
  ] as const)('is %s after %d µs (stopped after %d)', (phase, elapsedUs, stoppedUs, leftUs) => {
    expect(courseOf(LENGTHS, elapsedUs, stoppedUs)).toMatchObject({ phase, leftUs, durationUs: 20e6 });
  });
});

describe('the figures', () => {
  it('are those of the last second', () => {
    const { open, perSec, latencies, failed, troubles, does } = figuresOf(busyTotals());
    expect({ open, perSec, failed, troubles, does }).toEqual({
      open: 1200,
      perSec: {
        connects_per_sec: 0,
        messages_sent_per_sec: 1200,
        messages_acked_per_sec: 1198,
        messages_received_per_sec: 1210,
      },
      failed: 0,
      troubles: [],
      does: { messages: true, acks: true },
    });
    expect(latencies.map(({ name, stats }) => [name, stats?.p50])).toEqual([
      // The last connect was six seconds ago.
      ['connect', undefined],
      ['publish ack', 1389],
      ['reply', 12_345],
    ]);
  });

  it('of nothing are zeros', () => {
    const { open, perSec, latencies, health, does } = figuresOf(new Totals(2));
    expect([open, ...Object.values(perSec)]).toEqual([0, 0, 0, 0, 0]);
    expect(latencies).toEqual([]);
    expect(health).toEqual({ verdict: 'valid', busiest: undefined, slipP99Us: undefined });
    expect(does).toEqual({ messages: false, acks: false });
  });

  it('keep a history of bounded length, with gaps where a second has no value', () => {
    const totals = new Totals(1);
    for (let second = 0; second < 2 * HISTORY_SECONDS; second++) {
      totals.add(
        0,
        snapshotOf(second, ({ trends }) => second % 2 === 0 && trends.publish_ack.record(second), {
          open: second,
        }),
      );
    }
    const { history, latencies } = figuresOf(totals);
    expect(history.open).toHaveLength(HISTORY_SECONDS);
    expect(history.open.at(-1)).toBe(2 * HISTORY_SECONDS - 1);
    expect(latencies[0]!.p99History.slice(-4)).toEqual([116, undefined, 118, undefined]);
  });

  it('leave the rate of a second that is no second to the one before', () => {
    const totals = new Totals(1);
    const sent = (count: number) => (recorder: { counters: { messages_sent: number } }) => {
      recorder.counters.messages_sent = count;
    };
    totals.add(0, snapshotOf(0, sent(500)));
    totals.add(0, snapshotOf(1, sent(3), { fromUs: 1e6, toUs: 1.01e6 }));
    expect(figuresOf(totals).perSec.messages_sent_per_sec).toBe(500);
  });

  it('name troubles by kind, the most frequent first, dropped starts among them', () => {
    const totals = new Totals(1);
    totals.add(
      0,
      snapshotOf(0, (recorder) => {
        recorder.fail('connack', 'rejected', 'CONNACK 4', 'd1', 3);
        recorder.fail('tcp', 'timeout', '', 'd2', 50);
        recorder.counters.connects_dropped = 7;
      }),
    );
    expect(figuresOf(totals).troubles).toEqual([
      { count: 50, text: 'tcp: timeout' },
      { count: 7, text: 'dropped: no free slot' },
      { count: 3, text: 'connack: rejected CONNACK 4' },
    ]);
  });

  it('judge the generator as the report will, by its busiest worker and its worst slip', () => {
    expect(figuresOf(busyTotals()).health).toEqual({
      verdict: 'valid',
      busiest: 0.431,
      slipP99Us: 2_100,
    });
    expect(figuresOf(busyTotals({ late: true })).health.verdict).toBe('invalid');
    const totals = new Totals(2);
    const vitals = { cpuUs: 1, utilization: 0.2, gcUs: 0, loopDelayMaxUs: 0 };
    for (const [shard, slip] of [100, 9_000].entries()) {
      totals.add(
        shard,
        snapshotOf(
          0,
          ({ trends }) => {
            trends.connect_slip.record(slip);
            trends.publish_slip.record(slip / 2);
          },
          { vitals: { ...vitals, utilization: 0.2 + shard / 10 } },
        ),
      );
    }
    const { busiest, slipP99Us } = figuresOf(totals).health;
    expect(busiest).toBeCloseTo(0.3);
    expect(slipP99Us).toBe(9_000);
  });
});
