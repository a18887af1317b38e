import { describe, expect, it } from 'vitest';
import { doubts, overallVerdict, ruleText } from '../../../src/compare/comparison-words.ts';
import type { FinishedRun } from '../../../src/report/run/run-files.ts';
import { madeRun } from '../../support/made-runs.ts';
import { comparisonOf } from './comparisons.ts';

const base = madeRun({ seed: 1 });
const like = madeRun({ seed: 2 });
const slow = madeRun({ seed: 3, connackUs: 20_000 });

it('a run in which nothing connected is doubted, and two of them are no all-clear', () => {
  const [one, other] = [1, 2].map((seed) => madeRun({ seed, failedPerSec: 20 })) as [
    FinishedRun,
    FinishedRun,
  ];
  expect(doubts(comparisonOf(base, one))).toEqual(['nothing connected in head: 0 of 400']);
  const both = comparisonOf(one, other);
  expect(overallVerdict(both)).toEqual({
    verdict: 'too little data',
    words: 'undecided: nothing connected in base: 0 of 400, nothing connected in head: 0 of 400',
  });
});

describe('two runs', () => {
  it('of the same make do not differ', () => {
    const { verdict, trends, counters, seconds } = comparisonOf(base, like);
    expect(verdict).toBe('no difference');
    expect(seconds).toEqual({ base: 20, head: 20 });
    expect(Object.keys(trends)).toEqual([
      'connect_latency',
      'connect_service',
      'connect_tcp',
      'connect_connack',
      'publish_ack',
      'messages_sent_per_sec',
      'messages_acked_per_sec',
      'connects_per_sec',
    ]);
    expect(Object.values(trends).map(({ verdict }) => verdict)).toEqual(new Array(8).fill('no difference'));
    expect(counters.messages_acked).toMatchObject({
      verdict: 'no difference',
      count: { base: 4000, head: 4000 },
      rate: { base: 200, head: 200, change: 0, low: 0, high: 0 },
    });
  });

  it('of which one has slower CONNACKs differ there, by that much, and nowhere else', () => {
    const { verdict, trends } = comparisonOf(base, slow);
    expect(verdict).toBe('worse');
    const worse = Object.entries(trends).filter(([, trend]) => trend.verdict === 'worse');
    expect(worse.map(([name]) => name)).toEqual(['connect_latency', 'connect_service', 'connect_connack']);
    for (const [, { p50, mean }] of worse) {
      for (const { change, low, high } of [p50, mean]) {
        expect(Math.abs(change! - 20)).toBeLessThan(0.5);
        expect(low).toBeGreaterThan(18);
        expect(high).toBeLessThan(22);
      }
    }
    expect(trends.publish_ack!.verdict).toBe('no difference');
  });

  it('exchanged, the other one is better', () => {
    expect(comparisonOf(slow, base).trends.connect_connack).toMatchObject({
      verdict: 'better',
      p50: { verdict: 'better' },
    });
  });

  it('have the figures of their summaries, within a bucket', () => {
    const { trends } = comparisonOf(base, slow);
    for (const name of ['p50', 'p90', 'p99', 'mean'] as const) {
      const found = trends.publish_ack![name];
      const [inBase, inHead] = [base, slow].map(({ summary }) => summary.trends.publish_ack![name]);
      expect(Math.abs(found.base! - inBase!)).toBeLessThan(0.002 * inBase!);
      expect(Math.abs(found.head! - inHead!)).toBeLessThan(0.002 * inHead!);
    }
    expect(trends.publish_ack!.max).toEqual({
      base: base.summary.trends.publish_ack!.max,
      head: slow.summary.trends.publish_ack!.max,
    });
  });
});

describe('too little data', () => {
  it('is said with the seconds that it takes', () => {
    const { connect_latency, publish_ack } = comparisonOf(base, slow).trends;
    expect(connect_latency!.p99).toMatchObject({
      verdict: 'too little data',
      low: null,
      high: null,
      secondsNeeded: 50,
    });
    expect(connect_latency!.p99.change).toBeGreaterThan(15);
    expect(publish_ack!.p99).toMatchObject({ verdict: 'no difference', secondsNeeded: null });
  });

  it('is all that can be said of short runs', () => {
    const { verdict, trends } = comparisonOf(
      madeRun({ seed: 1, seconds: 9 }),
      madeRun({ seed: 2, seconds: 9, connackUs: 20_000 }),
    );
    expect(verdict).toBe('too little data');
    expect(trends.publish_ack!.p50.secondsNeeded).toBe(10);
  });

  it('is said of a trend that one run does not have', () => {
    const without = madeRun({ seed: 2, connectsPerSec: 0 });
    expect(comparisonOf(base, without).trends.connect_tcp).toMatchObject({
      verdict: 'too little data',
      p50: { head: null, change: null, low: null, secondsNeeded: null },
      max: { head: null },
    });
  });

  it('is said of a counter that is known at the end only, unless it is the same', () => {
    const lost = { ...like, summary: structuredClone(like.summary) };
    lost.summary.counters.messages_lost = 7;
    expect(comparisonOf(base, lost).counters.messages_lost).toMatchObject({
      verdict: 'too little data',
      count: { base: 0, head: 7 },
      rate: { low: null },
    });
    expect(comparisonOf(lost, lost).counters.messages_lost!.verdict).toBe('no difference');
  });
});

describe('counters', () => {
  it('of failures that come in every second are worse, though there were none before', () => {
    const failing = madeRun({ seed: 2, failedPerSec: 1 });
    const { connects_failed, connects_ok, connects_scheduled } = comparisonOf(base, failing).counters;
    expect(connects_failed).toMatchObject({
      verdict: 'worse',
      count: { base: 0, head: 20 },
      rate: { change: 1 },
    });
    // 5 % fewer: at the tolerance, not beyond it.
    expect(connects_ok!.verdict).toBe('no difference');
    expect(connects_scheduled!.verdict).toBe('no difference');
  });
});

describe('rules', () => {
  const verdictsOf = (head: FinishedRun, ...rules: string[]) =>
    comparisonOf(base, head, rules).rules.map(({ verdict }) => verdict);

  it('fail when the change is beyond the limit and cannot be none', () => {
    expect(
      verdictsOf(
        slow,
        'connect_latency.p50 > +10%',
        'connect_latency.p50 > +19ms',
        'connect_latency.p50 > +21ms',
      ),
    ).toEqual(['fail', 'fail', 'pass']);
    expect(verdictsOf(slow, 'connect_latency.p75 > +10%')).toEqual(['fail']);
  });

  it('do not fail by chance', () => {
    const change = comparisonOf(base, like).trends.publish_ack!.p50.change!;
    const [more, less] = change > 0 ? ['>', '<'] : ['<', '>'];
    expect(change).not.toBe(0);
    expect(verdictsOf(like, `publish_ack.p50 ${more} 0`, `publish_ack.p50 ${less} 0`)).toEqual([
      'by chance',
      'pass',
    ]);
  });

  it('that ask for an improvement are judged by the change alone', () => {
    expect(verdictsOf(like, 'publish_ack.p50 > -50%')).toEqual(['fail']);
  });

  it('fail without data', () => {
    expect(verdictsOf(slow, 'connect_latency.p99 > +10%', 'connect_tls.p50 > +10%')).toEqual([
      'no-data',
      'no-data',
    ]);
  });

  it('on a count are exact', () => {
    const failing = madeRun({ seed: 2, failedPerSec: 1 });
    expect(
      verdictsOf(
        failing,
        'connects_failed.count > +0',
        'connects_failed.count > +20',
        'connects_ok.count < -4%',
      ),
    ).toEqual(['fail', 'pass', 'fail']);
    expect(verdictsOf(like, 'connects_failed.count > +0')).toEqual(['pass']);
  });

  it('on a counter that counts out of nothing fail for want of data, and say of what', () => {
    const { rules } = comparisonOf(base, like, ['messages_lost.count > +0', 'replies_missing.rate > +0']);
    expect(rules.map(({ verdict, lack }) => `${verdict}: ${lack}`)).toEqual([
      'no-data: no message with a header (payload: { size: … }) was owed to a subscriber in base, no message with a header (payload: { size: … }) was owed to a subscriber in head',
      'no-data: no answer was due in base, no answer was due in head',
    ]);
    const deaf = madeRun({ seed: 2, failedPerSec: 20 });
    const [disconnects] = comparisonOf(base, deaf, ['disconnects.count > +0']).rules;
    expect(disconnects).toMatchObject({ verdict: 'no-data', lack: 'nothing connected in head' });
    expect(ruleText(disconnects!)).toBe('no data: nothing connected in head');
  });
});
