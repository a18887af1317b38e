import { expect, it } from 'vitest';
import { hasCause, judgesTrials } from '../../../src/limit/trial-thresholds.ts';
import { zeroCounters } from '../../../src/metrics/recorder.ts';
import { parseThreshold } from '../../../src/metrics/threshold/expression.ts';
import type { Counter } from '../../../src/model/metrics/metric-names.ts';
import type { Threshold } from '../../../src/model/scenario.ts';

function threshold(text: string): Threshold {
  const [metric, expression] = text.split(': ') as [string, string];
  const reading = parseThreshold(metric, expression);
  if (!('threshold' in reading)) throw new Error(reading.wrong);
  return reading.threshold;
}

it.each([
  'connect_latency: p(99) < 500ms',
  'publish_ack: max < 2s',
  'connects_ok: share > 0.99',
  'disconnects: count == 0',
  'replies_missing: count <= 3',
])('%s asks how well, and judges a trial', (text) => {
  expect(judgesTrials(threshold(text))).toBe(true);
});

it.each([
  'messages_acked: rate > 150',
  'connects_ok: count == 200',
  'connects_ok: count > 100',
  'connect_latency: count > 10',
  'messages_sent_per_sec: avg > 10',
  'connections_open: max >= 200',
  'connect_slip: p(99) < 5ms',
  'reconnect_latency: p(99) < 15s',
  'reconnects_ok: share > 0.9',
])('%s asks how much, or of what no trial has', (text) => {
  expect(judgesTrials(threshold(text))).toBe(false);
});

it('needs something to judge: connects for what comes of connects, messages for what comes of messages', () => {
  const opened = (part: Partial<Record<Counter, number>>, max = 0) => ({
    counters: { ...zeroCounters(), ...part },
    open: { max },
    heard: 0,
  });
  const connected = opened({ connects_scheduled: 1 });
  const sent = opened({ messages_scheduled: 1 });
  for (const text of [
    'connect_latency: max < 1s',
    'connects_ok: share > 0.9',
    'connects_failed: count == 0',
  ]) {
    expect([hasCause(threshold(text), connected), hasCause(threshold(text), sent)]).toEqual([true, false]);
  }
  for (const text of ['reply_latency: max < 1s', 'messages_acked: share > 0.9']) {
    expect([hasCause(threshold(text), connected), hasCause(threshold(text), sent)]).toEqual([false, true]);
  }
  const lost = threshold('messages_lost: count == 0');
  expect(hasCause(lost, sent), 'none that can be told apart has come').toBe(false);
  expect(hasCause(lost, { ...sent, heard: 1 })).toBe(true);
  const kept = opened({}, 5);
  expect(hasCause(threshold('disconnects: count == 0'), kept), 'connections of an earlier trial').toBe(true);
  expect(hasCause(threshold('disconnects: share < 1%'), kept), 'a share of none that it opened').toBe(false);
  expect(hasCause(threshold('disconnects: count == 0'), opened({}))).toBe(false);
});
