/** That a name of the contract is a metric which can be judged, with each of its aggregates, in both forms, at the end and during the run. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recorder } from '../../../src/metrics/recorder.ts';
import { buildSummary } from '../../../src/metrics/summary.ts';
import { breachOf } from '../../../src/metrics/threshold/threshold-watch.ts';
import { Totals } from '../../../src/metrics/totals.ts';
import { type Counter, METRIC_NAMES } from '../../../src/model/metrics/metric-names.ts';
import type { Threshold } from '../../../src/model/scenario.ts';
import { readScenario } from '../../../src/scenario/scenario-file.ts';
import { snapshotOf } from './snapshots.ts';

/** As reports/README.md promises them: metrics may be added, none may go. */
const TIMES =
  'connect_latency connect_service connect_sign connect_auth auth_dns auth_tcp auth_tls connect_dns connect_tcp connect_tls connect_connack subscribe_suback ' +
  'publish_ack message_latency reply_latency reconnect_latency backlog_drain connect_slip publish_slip tls_full tls_resumed';
const RATES = 'messages_sent_per_sec messages_acked_per_sec messages_received_per_sec connects_per_sec';
const COUNTS =
  'connects_scheduled connects_started connects_ok connects_failed connects_dropped connects_cancelled connects_lost ' +
  'connects_retried disconnects reconnects_started reconnects_ok reconnects_failed messages_scheduled messages_sent messages_sent_qos0 ' +
  'messages_acked messages_failed messages_unacked messages_resent messages_received messages_backlog messages_lost messages_duplicated ' +
  'messages_reordered replies_received replies_missing';
/** Nothing of which they could be a share. */
const WHOLES = 'bytes_sent bytes_received tls_handshakes_full tls_handshakes_resumed';
const GAUGES = 'connections_open';
/** Known when a run ends, and not before. */
const CLOSING = 'connects_cancelled connects_lost messages_unacked messages_lost'.split(' ');

/** What each kind takes, twice: true of the data below, and false. */
const ON_TIMES = ['min', 'avg', 'med', 'max', 'p(99.9)'].map((name) => [`${name} <= 1h`, `${name} > 1h`]);
const ON_RATES = ['min', 'avg', 'med', 'max', 'p(1)'].map((name) => [`${name} >= 1/s`, `${name} < 1/s`]);
const COUNT = ['count > 0', 'count == 0'];
const ON_COUNTS = [COUNT, ['rate > 0/s', 'rate > 1000000/s'], ['share > 0%', 'share == 0']];
const KINDS: [string, string[][]][] = [
  [TIMES, [...ON_TIMES, COUNT]],
  [RATES, [...ON_RATES, COUNT]],
  [COUNTS, ON_COUNTS],
  [WHOLES, ON_COUNTS.slice(0, 2)],
  [GAUGES, ['min', 'max'].map((name) => [`${name} > 0`, `${name} > 5`])],
];
const EVERY = KINDS.flatMap(([names, expressions]) =>
  names.split(' ').flatMap((metric) => expressions.map(([pass, fail]) => [metric, pass!, fail!] as const)),
);

let folder = '';
let totals: Totals;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-'));
  totals = new Totals(1);
  // Something of everything, and more from second to second.
  for (const second of [0, 1]) {
    const record = ({ counters, trends }: Recorder): void => {
      for (const name of Object.keys(counters) as Counter[]) counters[name] = 10;
      counters.messages_sent_qos0 = 5;
      for (const trend of Object.values(trends)) trend.record(1000 * (second + 1));
    };
    totals.add(0, snapshotOf(second, record, { open: 5 }));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

async function thresholdsOf(text: (metric: string, pass: string, fail: string) => string) {
  const file = join(folder, 'every.yaml');
  const lists = new Map<string, string[]>();
  for (const [metric, pass, fail] of EVERY) {
    lists.set(metric, [...(lists.get(metric) ?? []), text(metric, pass, fail)]);
  }
  const lines = [...lists].map(([metric, list]) => `  ${metric}: [${list.join(', ')}]\n`);
  writeFileSync(
    file,
    `target: embedded\ndevices: { generate: { productKey: pk, count: 1 } }\nthresholds:\n${lines.join('')}`,
  );
  return (await readScenario(file, { env: {} })).scenario.thresholds;
}

function verdictsAtTheEnd(thresholds: Threshold[]) {
  const facts = {
    name: 'n',
    target: 't',
    devices: 1,
    client: 'c',
    protocol: '5',
    signmethod: 's',
    workers: 1,
  };
  return buildSummary({
    totals,
    tool: { name: 'mqtt-fleet', version: '0' },
    scenario: facts,
    outcome: { state: 'completed', reason: null },
    startedEpochMs: 0,
    durationUs: 2e6,
    connectUs: 1e6,
    environment: {},
    thresholds,
    hintOf: () => '',
    observed: undefined,
  }).thresholds;
}

it('every metric there is stands in one of these lists', () => {
  expect(new Set(EVERY.map(([metric]) => metric))).toEqual(new Set(METRIC_NAMES));
});

describe('each can be judged at the end', () => {
  it('and pass', async () => {
    const thresholds = await thresholdsOf((_, pass) => `"${pass}"`);
    expect(thresholds).toHaveLength(EVERY.length);
    for (const result of verdictsAtTheEnd(thresholds)) {
      expect(result).toMatchObject({ verdict: 'pass', actual: expect.any(Number) });
    }
  });

  it('and fail', async () => {
    const thresholds = await thresholdsOf((_, __, fail) => `{ threshold: "${fail}" }`);
    expect(thresholds).toHaveLength(EVERY.length);
    for (const result of verdictsAtTheEnd(thresholds)) {
      expect(result).toMatchObject({ verdict: 'fail', actual: expect.any(Number) });
    }
  });
});

it('each can end a run, but for what is counted at its end', async () => {
  const passing = await thresholdsOf((_, pass) => `{ threshold: "${pass}", abortOnFail: true }`);
  expect(breachOf(passing, totals, 2e6, 1e6)).toBeUndefined();
  const failing = await thresholdsOf((_, __, fail) => `{ threshold: "${fail}", abortOnFail: true }`);
  for (const threshold of failing) {
    const { metric, expression } = threshold;
    const breach = breachOf([threshold], totals, 2e6, 1e6);
    const isKnown = !CLOSING.includes(metric);
    expect(breach?.result.verdict, `${metric} ${expression}`).toBe(isKnown ? 'fail' : undefined);
  }
});
