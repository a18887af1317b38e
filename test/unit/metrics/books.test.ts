import { expect, it } from 'vitest';
import { imbalances } from '../../../src/metrics/books.ts';
import { zeroCounters } from '../../../src/metrics/recorder.ts';

const BALANCED = {
  ...zeroCounters(),
  connects_scheduled: 15,
  connects_ok: 5,
  connects_failed: 4,
  connects_dropped: 3,
  connects_cancelled: 2,
  connects_lost: 1,
  messages_sent: 10,
  messages_sent_qos0: 4,
  messages_acked: 3,
  messages_failed: 2,
  messages_unacked: 1,
};

it('balances when every start and every QoS 1 message has one outcome', () => {
  expect(imbalances(zeroCounters())).toEqual([]);
  expect(imbalances(BALANCED)).toEqual([]);
});

it.each([
  'connects_scheduled',
  'connects_ok',
  'connects_failed',
  'connects_dropped',
  'connects_cancelled',
  'connects_lost',
  'messages_sent',
  'messages_sent_qos0',
  'messages_acked',
  'messages_failed',
  'messages_unacked',
] as const)('one %s more does not', (name) => {
  const [problem, ...others] = imbalances({ ...BALANCED, [name]: BALANCED[name] + 1 });
  expect(problem).toMatch(name.startsWith('connects') ? /^connects: / : /^messages: /);
  expect(others).toEqual([]);
});
