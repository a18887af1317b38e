import { expect, it } from 'vitest';
import { zeroCounters } from '../../../../src/metrics/recorder.ts';
import type { Summary } from '../../../../src/metrics/summary.ts';
import { summaryTable } from '../../../../src/report/run/summary-table.ts';
import { paintFor } from '../../../../src/report/text/paint.ts';
import { summaryOf } from '../summaries.ts';

const PLAIN = paintFor({ isTTY: false }, {});

function linesOf(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

it('shows everything that went wrong', () => {
  expect(linesOf(summaryTable(summaryOf(), PLAIN))).toMatchInlineSnapshot(`
    "property-post  1,200 devices → mqtt://127.0.0.1:1883 (stand-in)
    hmacsha1, MQTT 3.1.1, client mqtt, 2 workers
    completed after 14.0 s

    Connects    1,200 scheduled  1,180 ok  10 failed  10 dropped  1,180 open at most
    Messages    4,000 sent  3,990 acked  10 unacked  3,980 received  3,980 of them replies
    Bytes       1.5 MB sent  1.5 KB received

    Latency (ms)     count    min   p50   p90  p99  p99.9    max  mean
    connect_latency  1,180  0.042  1.38  1.38  100  1,205  1,205  1.38

    Throughput (/s)        seconds  min  p50  p90  p99   p99.9     max  mean
    messages_sent_per_sec       14  150  290  290  301  12,345  12,345   290

    Failures
      9 × connack: rejected CONNACK 5  e.g. d1, d2, d3
          not authorised
      1 × tcp: timeout  e.g. d9
          filtered

    Thresholds
      ✓ connect_latency p(99) < 500ms  was 99.97
      ✗ connects_failed share < 0.001  was 0.008333
      ✗ connect_tls max < 1s  no data

    Generator   suspect
      connect_slip p99 is 25 ms: the generator itself was that late
    Books       do not balance: connects: 1200 scheduled, but 1199 have an outcome
    Stand-in    differs
      connects_ok is 1180, the stand-in's connects_ok is 1181"
  `);
});

it('says in red that nothing connected, and what lacks where a counter has no data', () => {
  const counters = { ...zeroCounters(), connects_scheduled: 20, connects_started: 20, connects_failed: 20 };
  const thresholds: Summary['thresholds'] = [
    { metric: 'disconnects', expression: 'count == 0', verdict: 'no-data', actual: null },
  ];
  const paint = { ...PLAIN, good: (text: string) => `good(${text})`, bad: (text: string) => `bad(${text})` };
  const summary = summaryOf({ counters, connectionsOpen: { min: 0, max: 0 }, thresholds });
  const text = summaryTable(summary, paint);
  expect(text).toContain(
    'bad(completed) after 14.0 s\nbad(nothing connected: 0 of 20, 9 × connack: rejected CONNACK 5)\n',
  );
  expect(text).toContain('bad(✗) disconnects count == 0  bad(no data: nothing connected)');
});

it('is short when all went well', () => {
  const counters = { ...zeroCounters(), connects_scheduled: 5, connects_ok: 5 };
  const { trends } = summaryOf();
  const summary = summaryOf({
    counters,
    connectionsOpen: { min: 5, max: 5 },
    trends: Object.fromEntries(Object.keys(trends).map((name) => [name, null])) as typeof trends,
    failures: [],
    thresholds: [],
    health: { verdict: 'valid', reasons: [], workers: [] },
    imbalances: [],
    standIn: { counts: {}, truth: {}, differences: [] },
  });
  expect(linesOf(summaryTable(summary, PLAIN))).toMatchInlineSnapshot(`
    "property-post  1,200 devices → mqtt://127.0.0.1:1883 (stand-in)
    hmacsha1, MQTT 3.1.1, client mqtt, 2 workers
    completed after 14.0 s

    Connects    5 scheduled  5 ok  5 open at most
    Bytes       0 B sent  0 B received

    Thresholds  none set: nothing was judged

    Generator   valid
    Stand-in    agrees: its own counts of connects and messages equal the run's"
  `);
});

it('says how the fleet came back, and what became of messages that went astray', () => {
  const recovery = {
    lost: 1200,
    back: 1000,
    attempts: 1250,
    mostTries: 4,
    to50Ms: 2345.6,
    to95Ms: null,
    to100Ms: null,
  };
  const counters = {
    ...summaryOf().counters,
    disconnects: 1200,
    messages_lost: 3,
    messages_duplicated: 2,
    replies_missing: 1234,
  };
  const lines = linesOf(summaryTable(summaryOf({ recovery, counters }), PLAIN)).split('\n');
  expect(lines.slice(4, 9)).toMatchInlineSnapshot(`
    [
      "Connects    1,200 scheduled  1,180 ok  10 failed  10 dropped  1,200 disconnected  1,180 open at most",
      "Messages    4,000 sent  3,990 acked  10 unacked  3,980 received  3,980 of them replies",
      "            3 lost  2 duplicated  1,234 replies missing",
      "Recovery    1,000 of 1,200 back  50 % after 2.3 s, 95 % never, 100 % never  1.25 attempts each, 4 at most",
      "Bytes       1.5 MB sent  1.5 KB received",
    ]
  `);
});

it.each([
  ['messages_lost', '3 lost'],
  ['messages_duplicated', '3 duplicated'],
  ['messages_reordered', '3 reordered'],
  ['replies_missing', '3 replies missing'],
] as const)('%s alone has its row', (name, said) => {
  const counters = { ...summaryOf().counters, [name]: 3 };
  expect(linesOf(summaryTable(summaryOf({ counters }), PLAIN)).split('\n')).toContain(`            ${said}`);
});

it('a fleet of which nobody came back has attempts, and none of them brought anyone back', () => {
  const never = { to50Ms: null, to95Ms: null, to100Ms: null };
  const recovery = { lost: 1200, back: 0, attempts: 6600, mostTries: 0, ...never };
  expect(linesOf(summaryTable(summaryOf({ recovery }), PLAIN)).split('\n')).toContain(
    'Recovery    0 of 1,200 back  50 % never, 95 % never, 100 % never  6,600 attempts',
  );
});

it('a fleet that is wholly back needs no row for messages that are all there', () => {
  const recovery = {
    lost: 2,
    back: 2,
    attempts: 2,
    mostTries: 1,
    to50Ms: 100,
    to95Ms: 1049.9,
    to100Ms: 1050,
  };
  const rows = linesOf(summaryTable(summaryOf({ recovery }), PLAIN)).split('\n');
  expect(rows).toContain(
    'Recovery    2 of 2 back  50 % after 0.1 s, 95 % after 1.0 s, 100 % after 1.1 s  1.00 attempts each, 1 at most',
  );
  expect(rows.join()).not.toMatch(/ lost|duplicated|reordered|missing/);
});

it('says why a run did not complete', () => {
  const outcome = { state: 'partial', reason: 'worker 1 was lost: out of memory' } as const;
  expect(summaryTable(summaryOf({ outcome, standIn: null }), PLAIN)).toContain(
    'partial after 14.0 s: worker 1 was lost: out of memory',
  );
});

it('says what went wrong beside the run', () => {
  const warnings = ['snapshots.jsonl was cut in mid-run'];
  expect(linesOf(summaryTable(summaryOf({ warnings }), PLAIN)).split('\n')).toContain(
    'Warning     snapshots.jsonl was cut in mid-run',
  );
});

it('says which threshold ended the run', () => {
  const { thresholds } = summaryOf();
  const ended = { ...thresholds[1]!, abortedRun: true } as const;
  expect(summaryTable(summaryOf({ thresholds: [ended] }), PLAIN)).toContain(
    '✗ connects_failed share < 0.001  was 0.008333, which ended the run',
  );
});

it('has no colours but where they are wanted', () => {
  const escapeCode = String.fromCharCode(27);
  expect(summaryTable(summaryOf(), PLAIN)).not.toContain(escapeCode);
  expect(summaryTable(summaryOf(), paintFor({ isTTY: true }, { NO_COLOR: '1' }))).not.toContain(escapeCode);
  expect(summaryTable(summaryOf(), paintFor({ isTTY: true }, {}))).toContain(escapeCode);
});
