import { expect, it } from 'vitest';
import { betterOf } from '../../../../src/model/metrics/direction.ts';
import { COUNTERS, RATE_TRENDS, TIME_TRENDS } from '../../../../src/model/metrics/metric-names.ts';

it('less time and more throughput are better', () => {
  expect(new Set(TIME_TRENDS.map(betterOf))).toEqual(new Set(['low']));
  expect(new Set(RATE_TRENDS.map(betterOf))).toEqual(new Set(['high']));
});

it('of counters, what went wrong is better low and what went right better high; of the rest nothing is said', () => {
  const counters = (better: 'low' | 'high' | undefined) =>
    COUNTERS.filter((name) => betterOf(name) === better);
  expect(
    counters('low').every((name) =>
      /failed|dropped|cancelled|lost|disconnects|unacked|duplicated|reordered|missing|retried/.test(name),
    ),
  ).toBe(true);
  expect(counters('high')).toEqual([
    'connects_started',
    'connects_ok',
    'messages_sent',
    'messages_acked',
    'messages_received',
    'replies_received',
  ]);
  expect(counters(undefined)).toEqual([
    'connects_scheduled',
    'reconnects_started',
    'reconnects_ok',
    'messages_scheduled',
    'messages_resent',
    'messages_backlog',
    'bytes_sent',
    'bytes_received',
    'messages_sent_qos0',
    'tls_handshakes_full',
    'tls_handshakes_resumed',
  ]);
});
