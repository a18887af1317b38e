import { expect, it } from 'vitest';
import { piecesOf, secondsOf } from '../../../../src/compare/evidence/seconds.ts';
import { madeRun } from '../../../support/made-runs.ts';

const { summary, intervals } = madeRun({ seed: 1, seconds: 12 });
const { windows, durationMs } = summary;

it('has every whole second of the run with all of its values, and not the closing', () => {
  const seconds = secondsOf(windows, durationMs, intervals);
  expect(windows).toHaveLength(13);
  expect(seconds).toHaveLength(12);
  const counted = seconds.map(({ trends }) =>
    trends.publish_ack!.counts.reduce((sum, count) => sum + count, 0),
  );
  expect(counted).toEqual(new Array(12).fill(200));
  expect(seconds[0]).toMatchObject({
    lengthUs: 1e6,
    counters: { connects_ok: 20 },
    trends: { messages_sent_per_sec: { values: [200], counts: [1] } },
  });
});

it('leaves out a partial second, what is after the run, and its closing', () => {
  const partial = windows.map((window) => (window.second === 11 ? { ...window, toMs: 11_800 } : window));
  expect(secondsOf(partial, durationMs, intervals)).toHaveLength(11);
  expect(secondsOf(windows, 10_400, intervals)).toHaveLength(10);
  const closing = windows.map((window) => (window.second === 11 ? { ...window, closing: true } : window));
  expect(secondsOf(closing, durationMs, intervals)).toHaveLength(11);
});

it('a second that was left out because a worker was held up is empty, and the long one after it counts as it is long', () => {
  const heldUp = windows
    .filter(({ second }) => second !== 4 && second !== 5)
    .map((window) => (window.second === 6 ? { ...window, fromMs: 4000 } : window));
  const shifted = intervals.map((each) => (each.fromUs === 6e6 ? { ...each, fromUs: 4e6 } : each));
  const seconds = secondsOf(heldUp, durationMs, shifted);
  expect(seconds).toHaveLength(12);
  expect(seconds[4]).toEqual({ lengthUs: 0, counters: {}, trends: {} });
  expect(seconds[6]).toMatchObject({ lengthUs: 3e6, trends: { messages_sent_per_sec: { values: [67] } } });
  expect(seconds[6]!.trends.publish_ack).toBeDefined();
});

it('a long run is drawn in at most 240 pieces that hold all of it', () => {
  const [second] = secondsOf(windows, durationMs, intervals);
  const pieces = piecesOf(new Array(500).fill(second));
  expect(pieces).toHaveLength(167);
  expect(pieces[0]).toMatchObject({ lengthUs: 3e6, counters: { messages_sent: 600 } });
  expect(pieces[0]!.trends.messages_sent_per_sec).toEqual({ values: [200, 200, 200], counts: [1, 1, 1] });
  expect(pieces.at(-1)!.lengthUs).toBe(2e6);
  const short = secondsOf(windows, durationMs, intervals);
  expect(piecesOf(short)).toBe(short);
});
