import { expect, it } from 'vitest';
import { compareWithStandIn } from '../../../../src/metrics/health/stand-in-report.ts';
import { Histogram } from '../../../../src/metrics/histogram/histogram.ts';
import { zeroCounters } from '../../../../src/metrics/recorder.ts';

const OURS = {
  ...zeroCounters(),
  connects_ok: 5,
  messages_sent: 10,
  messages_sent_qos0: 4,
  messages_received: 7,
};
const COUNTS = {
  connects_ok: 5,
  publishes_received: 10,
  publishes_received_qos0: 4,
  messages_delivered: 7,
};

function differences(ours: Partial<typeof OURS>, counts: Partial<typeof COUNTS> = {}): string[] {
  const observed = { counts: { ...COUNTS, ...counts }, truth: {} };
  return compareWithStandIn({ ...OURS, ...ours }, observed).differences;
}

it('agrees where every pair is equal', () => {
  expect(differences({})).toEqual([]);
  expect(compareWithStandIn(OURS, { counts: COUNTS, truth: {} }).counts).toEqual(COUNTS);
});

it.each([
  ['connects_ok', 'connects_ok'],
  ['messages_sent', 'publishes_received'],
  ['messages_sent_qos0', 'publishes_received_qos0'],
  ['messages_received', 'messages_delivered'],
] as const)('%s is held against its %s, in words where they differ', (ours, theirs) => {
  const less = COUNTS[theirs] - 1;
  expect(differences({}, { [theirs]: less })).toEqual([
    `${ours} is ${OURS[ours]}, the stand-in's ${theirs} is ${less}`,
  ]);
});

it('a return is a connect to the stand-in', () => {
  const returned = { disconnects: 2, reconnects_started: 3, reconnects_ok: 2 };
  expect(differences(returned, { connects_ok: 7 })).toEqual([]);
  expect(differences(returned)).toEqual(["connects_ok is 7, the stand-in's connects_ok is 5"]);
});

it('where connections broke, messages are not compared: either side may have counted some alone', () => {
  expect(differences({ disconnects: 1, messages_sent: 99, messages_received: 99 })).toEqual([]);
  expect(differences({ disconnects: 0, messages_sent: 99 })).toHaveLength(1);
});

it('the truth is given in milliseconds, with kinds of which there was nothing', () => {
  const histogram = new Histogram('total');
  histogram.record(1500);
  const truth = { connack: histogram.stats(), puback: null };
  histogram.destroy();
  expect(compareWithStandIn(OURS, { counts: COUNTS, truth }).truth).toEqual({
    connack: expect.objectContaining({ count: 1, min: 1.5, p50: 1.5, max: 1.5, stddev: 0 }),
    puback: null,
  });
});
