import { describe, expect, it } from 'vitest';
import { parseChangeRule } from '../../../../src/compare/evidence/change-rule.ts';

describe('a rule', () => {
  it.each([
    ['connect_latency.p99 > +10%', 'connect_latency', 'p99', '>', 'share', 0.1],
    ['connect_latency.p99.9>=+20ms', 'connect_latency', 'p99.9', '>=', 'amount', 20_000],
    ['  publish_ack.mean > 1.5ms ', 'publish_ack', 'mean', '>', 'amount', 1500],
    ['messages_acked_per_sec.p50 < -5/s', 'messages_acked_per_sec', 'p50', '<', 'amount', -5],
    ['messages_acked.rate < -5%', 'messages_acked', 'rate', '<', 'share', -0.05],
    ['messages_acked.rate <= -90/m', 'messages_acked', 'rate', '<=', 'amount', -1.5],
    ['connects_failed.count > +0', 'connects_failed', 'count', '>', 'amount', 0],
    ['connects_failed.count > +10%', 'connects_failed', 'count', '>', 'share', 0.1],
    ['publish_ack.p50 > 0', 'publish_ack', 'p50', '>', 'amount', 0],
  ])('%s', (text, metric, aggregate, operator, kind, value) => {
    expect(parseChangeRule(text)).toEqual({
      rule: { text: text.trim(), figure: { metric, aggregate }, operator, limit: { kind, value } },
    });
  });
});

describe('what is no rule is answered with what was meant', () => {
  it.each([
    ['connect_latency > 10%', 'write METRIC.AGGREGATE OPERATOR CHANGE'],
    ['connect_latency.p99 == 10%', 'operators: > >= < <='],
    ['connect_latncy.p99 > 10%', 'did you mean connect_latency?'],
    ['connections_open.max > 10%', 'connections_open is a level'],
    ['connect_latency.p(99) > 10%', 'did you mean p99?'],
    ['connect_latency.p999 > 10%', 'did you mean p99.9?'],
    ['connect_latency.avg > 10%', 'did you mean mean?'],
    ['connect_latency.median > 10%', 'did you mean p50?'],
    ['connect_latency.p100 > 10%', 'no aggregate "p100"'],
    ['connect_latency.max > 10%', 'use p99 or p99.9'],
    ['connect_latency.rate > 10%', 'no aggregate "rate"'],
    ['connects_ok.p99 > 10%', 'no aggregate "p99" of a counter; valid: count, rate'],
    ['connects_ok.cuont > 10%', 'did you mean count?'],
    ['connect_latency.p99 > 20', 'write e.g. +10% or +20ms'],
    ['connects_ok.rate > 20ms', 'write e.g. -5% or -10/s'],
    ['connects_ok.count > 20/s', 'write e.g. +10% or +5'],
  ])('%s', (text, said) => {
    expect(parseChangeRule(text)).toEqual({ wrong: expect.stringContaining(said) });
  });
});
