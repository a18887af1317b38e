import { afterEach, beforeEach, expect, it } from 'vitest';
import { EXAMPLES_PER_FAILURE, Recorder } from '../../../src/metrics/recorder.ts';

let recorder: Recorder;

beforeEach(() => {
  recorder = new Recorder();
});

afterEach(() => recorder.destroy());

it('takes what moved and is back at zero', () => {
  recorder.counters.connects_ok += 2;
  recorder.trends.connect_latency.record(1500);
  recorder.fail('tcp', 'refused', 'ECONNREFUSED', 'd1');
  const { counters, trends, failures } = recorder.take();
  expect(counters).toEqual({ connects_ok: 2 });
  expect(Object.keys(trends)).toEqual(['connect_latency']);
  expect(trends.connect_latency).toMatchObject({ count: 1, min: 1500, max: 1500, sum: 1500 });
  expect(failures).toEqual([
    { phase: 'tcp', kind: 'refused', code: 'ECONNREFUSED', count: 1, examples: ['d1'] },
  ]);
  expect(recorder.take()).toEqual({ counters: {}, trends: {}, failures: [], mostTries: 0 });
});

it('keeps the most attempts that any return took, and begins anew', () => {
  for (const tries of [1, 4, 2]) recorder.triesOfReturn(tries);
  expect(recorder.take().mostTries).toBe(4);
  recorder.triesOfReturn(1);
  expect(recorder.take().mostTries).toBe(1);
});

it('a failure may be of many messages at once', () => {
  recorder.fail('reply', 'timeout', '', 'd1', 3);
  recorder.fail('reply', 'timeout', '', 'd2');
  expect(recorder.take().failures).toMatchObject([{ count: 4, examples: ['d1', 'd2'] }]);
});

it('a device that fails again is no further example', () => {
  for (const device of ['d1', 'd1', 'd2', 'd1', 'd3', 'd4'])
    recorder.fail('puback', 'rejected', 'PUBACK 151', device);
  expect(recorder.take().failures).toMatchObject([{ count: 6, examples: ['d1', 'd2', 'd3'] }]);
});

it('names the first few devices of a failure and counts all', () => {
  for (let device = 0; device < 1000; device++)
    recorder.fail('connack', 'rejected', 'CONNACK 5', `d${device}`);
  recorder.fail('connack', 'rejected', 'CONNACK 4', 'other');
  const [many, one] = recorder.take().failures;
  expect(many).toMatchObject({ count: 1000, examples: ['d0', 'd1', 'd2'] });
  expect(many!.examples).toHaveLength(EXAMPLES_PER_FAILURE);
  expect(one).toMatchObject({ code: 'CONNACK 4', count: 1, examples: ['other'] });
});
