/** A small summary made by hand: every part of a report has something to show. */
import { zeroCounters } from '../../../src/metrics/recorder.ts';
import type { Summary } from '../../../src/metrics/summary.ts';
import { RATE_TRENDS, TIME_TRENDS } from '../../../src/model/metrics/metric-names.ts';

export function summaryOf(part: Partial<Summary> = {}): Summary {
  const noTrends = Object.fromEntries([...TIME_TRENDS, ...RATE_TRENDS].map((name) => [name, null]));
  return {
    schemaVersion: 1,
    tool: { name: 'mqtt-fleet', version: '0.1.0' },
    scenario: {
      name: 'property-post',
      target: 'mqtt://127.0.0.1:1883 (stand-in)',
      devices: 1200,
      client: 'mqtt',
      protocol: '3.1.1',
      signmethod: 'hmacsha1',
      workers: 2,
    },
    outcome: { state: 'completed', reason: null },
    startedAt: '2026-01-02T03:04:05.678Z',
    durationMs: 14_000,
    environment: { node: 'v20.20.2' },
    counters: {
      ...zeroCounters(),
      connects_scheduled: 1200,
      connects_started: 1190,
      connects_ok: 1180,
      connects_failed: 10,
      connects_dropped: 10,
      messages_scheduled: 4000,
      messages_sent: 4000,
      messages_acked: 3990,
      messages_unacked: 10,
      messages_received: 3980,
      replies_received: 3980,
      bytes_sent: 1_572_864,
      bytes_received: 1536,
    },
    connectionsOpen: { min: 200, max: 1180 },
    recovery: null,
    trends: {
      ...noTrends,
      connect_latency: stats(1180, 0.042, 1.38, 99.97, 1204.5),
      messages_sent_per_sec: stats(14, 150, 290, 301, 12_345),
    } as Summary['trends'],
    failures: [
      {
        phase: 'connack',
        kind: 'rejected',
        code: 'CONNACK 5',
        count: 9,
        examples: ['d1', 'd2', 'd3'],
        hint: 'not authorised',
      },
      { phase: 'tcp', kind: 'timeout', code: '', count: 1, examples: ['d9'], hint: 'filtered' },
    ],
    windows: [],
    thresholds: [
      { metric: 'connect_latency', expression: 'p(99) < 500ms', verdict: 'pass', actual: 99.97 },
      { metric: 'connects_failed', expression: 'share < 0.001', verdict: 'fail', actual: 0.008333 },
      { metric: 'connect_tls', expression: 'max < 1s', verdict: 'no-data', actual: null },
    ],
    health: {
      verdict: 'suspect',
      reasons: ['connect_slip p99 is 25 ms: the generator itself was that late'],
      workers: [],
    },
    imbalances: ['connects: 1200 scheduled, but 1199 have an outcome'],
    standIn: {
      counts: {},
      truth: {},
      differences: ["connects_ok is 1180, the stand-in's connects_ok is 1181"],
    },
    ...part,
  };
}

function stats(count: number, min: number, p50: number, p99: number, max: number) {
  return { count, min, mean: p50, stddev: 1, p50, p75: p50, p90: p50, p95: p99, p99, p999: max, max };
}
