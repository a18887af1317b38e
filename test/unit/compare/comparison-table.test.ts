import { expect, it } from 'vitest';
import { comparisonTable } from '../../../src/compare/comparison-table.ts';
import { paintFor } from '../../../src/report/text/paint.ts';
import { madeRun } from '../../support/made-runs.ts';
import { comparisonOf } from './comparisons.ts';

const PLAIN = paintFor({ isTTY: false }, {});
const base = madeRun({ seed: 1 });
const slow = madeRun({ seed: 3, connackUs: 20_000 });

function linesOf(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

it('shows each figure of both runs, its change and how sure it is, and the verdict last', () => {
  const rules = ['connect_latency.p50 > +10%', 'publish_ack.p99 > +10%', 'connect_latency.p99 > +10%'];
  const differences = [{ what: 'broker.delay.connack', base: 'absent', head: '20ms' }];
  const comparison = comparisonOf(base, slow, rules, differences);
  expect(linesOf(comparisonTable(comparison, PLAIN))).toMatchInlineSnapshot(`
    "base  made → mqtt://broker:1883, 2026-01-02T03:04:05Z, runs/base
    head  made → mqtt://broker:1883, 2026-01-02T03:04:05Z, runs/head
          broker.delay.connack: absent → 20ms
    Compared: 20 s of each; what differs by less than 5 % or, of times, 1 ms is no difference.
    All intervals (±) hold at once in 95 of 100 comparisons.

    Latency (ms)                p50     p90     p99    mean     max
    connect_latency    base    1.42    1.96    2.46    1.47    2.83
    worse              head    21.4      22    22.5    21.5    23.6
                     change     +20   +20.1     +20     +20   +20.8
                          ±    0.49    0.45       ?    0.34
    connect_service    base    1.37     1.9    2.38    1.42    2.73
    worse              head    21.4    21.9    22.4    21.4    23.6
                     change     +20     +20   +20.1     +20   +20.8
                          ±    0.42    0.46       ?    0.32
    connect_tcp        base   0.306   0.458   0.683    0.33   0.925
    no difference      head   0.303   0.428   0.619   0.313   0.858
                     change  -0.003   -0.03  -0.064  -0.017  -0.067
                          ±   0.086    0.12       ?   0.071
    connect_connack    base    1.04    1.55    1.96    1.08     2.3
    worse              head    21.1    21.6      22    21.1    23.3
                     change     +20   +20.1   +20.1     +20     +21
                          ±    0.31    0.44       ?    0.26
    publish_ack        base    1.24    1.84    2.51     1.3       4
    no difference      head    1.23    1.86    2.57     1.3    4.16
                     change  -0.007  +0.024   +0.06  +0.005  +0.154
                          ±    0.22    0.31    0.43    0.24

    Throughput (/s)                 p50  p90  p99  mean  max
    messages_sent_per_sec     base  200  200  200   200  200
    no difference             head  200  200  200   200  200
                            change    0    0    0     0    0
                                 ±    0    ?    ?     0
    messages_acked_per_sec    base  200  200  200   200  200
    no difference             head  200  200  200   200  200
                            change    0    0    0     0    0
                                 ±    0    ?    ?     0
    connects_per_sec          base   20   20   20    20   20
    no difference             head   20   20   20    20   20
                            change    0    0    0     0    0
                                 ±    0    ?    ?     0

    Counters             base   head  base/s  head/s  ±
    connects_scheduled    400    400      20      20  0  no difference
    connects_started      400    400      20      20  0  no difference
    connects_ok           400    400      20      20  0  no difference
    messages_scheduled  4,000  4,000     200     200  0  no difference
    messages_sent       4,000  4,000     200     200  0  no difference
    messages_acked      4,000  4,000     200     200  0  no difference

    Verdict     worse (3 worse, 11 no difference)
      worse connect_latency  p50 1.42 → 21.4 ms (+20 ±0.49), p90 1.96 → 22 ms (+20.1 ±0.45), mean 1.47 → 21.5 ms (+20 ±0.34)
      worse connect_service  p50 1.37 → 21.4 ms (+20 ±0.42), p90 1.9 → 21.9 ms (+20 ±0.46), mean 1.42 → 21.4 ms (+20 ±0.32)
      worse connect_connack  p50 1.04 → 21.1 ms (+20 ±0.31), p90 1.55 → 21.6 ms (+20.1 ±0.44), mean 1.08 → 21.1 ms (+20 ±0.26)
      Too little data; it takes seconds as full as these:
        p99 of connect_latency, connect_service, connect_tcp, connect_connack: 50 s

    Fails on
      ✗ connect_latency.p50 > +10%  1.42 → 21.4 ms (+1,413 %)
      ✓ publish_ack.p99 > +10%  2.51 → 2.57 ms (+2.39 %)
      ✗ connect_latency.p99 > +10%  too little data: 50 s"
  `);
});

it('fits into 80 columns, but for the texts of its head and end', () => {
  const [, ...tables] = comparisonTable(comparisonOf(base, slow), PLAIN).split('\n\n');
  const widest = Math.max(
    ...tables.slice(0, 3).flatMap((table) => table.split('\n').map((line) => line.length)),
  );
  expect(widest).toBeLessThanOrEqual(82);
});

it('gives no all-clear where what moved has too little data', () => {
  const comparison = structuredClone(comparisonOf(base, slow));
  // As where the connects fall into the first few of many seconds.
  for (const trend of Object.values(comparison.trends)) {
    if (trend.verdict !== 'worse') continue;
    trend.verdict = 'too little data';
    for (const name of ['p50', 'p90', 'p99', 'mean'] as const) trend[name].verdict = 'too little data';
  }
  comparison.verdict = 'no difference';
  const text = comparisonTable(comparison, PLAIN);
  expect(text).toMatch(
    /^Verdict +undecided: connect_latency, connect_service, connect_connack moved by more/m,
  );
});

it('says prominently when a run is not to be trusted', () => {
  const doubtful = { ...slow, summary: structuredClone(slow.summary) };
  doubtful.summary.outcome = { state: 'aborted', reason: 'SIGINT' };
  doubtful.summary.health = {
    ...doubtful.summary.health,
    verdict: 'invalid',
    reasons: ['publish_slip is 70 ms'],
  };
  const text = comparisonTable(comparisonOf(base, doubtful), PLAIN);
  const [head = ''] = text.split('\n\n');
  expect(head).toContain('head is aborted: SIGINT\nthe generator of head was invalid: publish_slip is 70 ms');
});

it('has colours where they are wanted', () => {
  const escapeCode = String.fromCharCode(27);
  const comparison = comparisonOf(base, slow);
  expect(comparisonTable(comparison, PLAIN)).not.toContain(escapeCode);
  expect(comparisonTable(comparison, paintFor({ isTTY: true }, {}))).toContain(`${escapeCode}[31mworse`);
});
