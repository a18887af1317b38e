/** A run of four seconds as two shards would have reported it, and the closing: all that its reports are made of. */
import { buildSummary, type SummaryRequest } from '../../../src/metrics/summary.ts';
import { Totals } from '../../../src/metrics/totals.ts';
import type { FinishedRun } from '../../../src/report/run/run-files.ts';
import { snapshotOf } from '../metrics/snapshots.ts';

export interface MadeRun extends FinishedRun {
  totals: Totals;
}

export function finishedRun(part: Partial<SummaryRequest> = {}): MadeRun {
  const totals = new Totals(2);
  for (let second = 0; second < 5; second++) {
    for (const shard of [0, 1]) totals.add(shard, secondOf(shard, second));
  }
  const summary = buildSummary({
    totals,
    tool: { name: 'mqtt-fleet', version: '0' },
    scenario: {
      name: 'made',
      target: 'mqtt://x:1883',
      devices: 40,
      client: 'mqtt',
      protocol: '3.1.1',
      signmethod: 'hmacsha1',
      workers: 2,
    },
    outcome: { state: 'completed', reason: null },
    startedEpochMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    durationUs: 4e6,
    connectUs: 1e6,
    environment: { node: 'v20', cores: 2 },
    thresholds: [],
    hintOf: ({ code }) => `about ${code}`,
    observed: undefined,
    ...part,
  });
  return {
    summary,
    intervals: totals.timeline.intervals,
    asRun: 'name: made\ntarget: mqtt://x:1883\n',
    totals,
  };
}

function secondOf(shard: number, second: number) {
  return snapshotOf(
    second,
    (recorder) => {
      const { counters, trends } = recorder;
      if (second === 0) {
        counters.connects_scheduled = counters.connects_started = 20;
        counters.connects_ok = 19;
        counters.connects_failed = 1;
        recorder.fail('tcp', 'refused', 'ECONNREFUSED', `d${shard}`);
        for (let device = 0; device < 19; device++) {
          trends.connect_service.record(4000 + device * 37 + shard);
          trends.connect_latency.record(4100 + device * 37 + shard);
          trends.connect_sign.record(150 + device);
          trends.connect_tcp.record(350);
          trends.connect_connack.record(3500 + device * 36 + shard);
        }
      }
      if (second < 4) {
        counters.messages_scheduled = counters.messages_sent = counters.messages_acked = 50;
        for (let message = 0; message < 50; message++)
          trends.publish_ack.record(900 + message * message * (second + 1));
      }
    },
    { open: second < 4 ? 19 : 0, closing: second === 4, fromUs: second * 1e6 + shard * 211 },
  );
}
