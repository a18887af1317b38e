import { expect, it } from 'vitest';
import { Inbox } from '../../../src/load/inbox.ts';
import { type Ledger, lostMessages } from '../../../src/load/ledger.ts';
import { Stream } from '../../../src/load/stream.ts';
import { Recorder } from '../../../src/metrics/recorder.ts';

function ledgerOf(sent: number[], streams: Stream[] = []): Ledger {
  const received = streams.flatMap(({ device, plan, expectedFrom, distinct }) => [
    device,
    plan,
    expectedFrom,
    distinct,
  ]);
  return { sent: Uint32Array.from(sent), received: Uint32Array.from(received) };
}

function streamOf(device: number, expectedFrom: number, seqs: number[]): Stream {
  const stream = new Stream(device, 0, expectedFrom);
  for (const seq of seqs) stream.arrive(seq);
  return stream;
}

it('nothing is lost where all arrived, in whatever order and however often', () => {
  expect(lostMessages([ledgerOf([1, 0, 4], [streamOf(1, 1, [2, 1, 1, 4, 3, 3])])])).toBe(0);
  expect(lostMessages([])).toBe(0);
  expect(lostMessages([ledgerOf([1, 0, 4])]), 'nobody listens').toBe(0);
});

it('the first, the last and those in between are missed alike, in another shard than the sender’s', () => {
  const receivers = [streamOf(1, 1, [3, 4, 5]), streamOf(1, 1, [1, 2, 3]), streamOf(1, 1, [1, 3, 5])];
  for (const stream of receivers) {
    expect(lostMessages([ledgerOf([1, 0, 5]), ledgerOf([], [stream])])).toBe(2);
    expect(lostMessages([ledgerOf([], [stream]), ledgerOf([1, 0, 5])])).toBe(2);
  }
  expect(lostMessages([ledgerOf([1, 0, 5]), ledgerOf([], receivers)]), 'each receiver by itself').toBe(6);
});

it('a receiver that came late does not miss what was before', () => {
  expect(lostMessages([ledgerOf([1, 0, 5], [streamOf(1, 4, [4])])])).toBe(1);
});

it('plans and devices are told apart', () => {
  const streams = [streamOf(1, 1, [1, 2]), streamOf(2, 1, [1])];
  expect(lostMessages([ledgerOf([1, 0, 2, 1, 1, 99, 2, 0, 3], streams)])).toBe(2);
});

it('a device that should hear itself and heard nothing has missed all', () => {
  const recorder = new Recorder();
  const inbox = new Inbox(recorder, 7, [], 0);
  inbox.expectOwn(3, 0);
  const received: number[] = [];
  inbox.report(received);
  recorder.destroy();
  expect(lostMessages([{ sent: Uint32Array.of(3, 0, 6), received: Uint32Array.from(received) }])).toBe(6);
});

it('of a sender whose shard is lost nothing is known, and nothing is counted', () => {
  const stream = streamOf(1, 1, [1, 4]);
  expect(lostMessages([ledgerOf([2, 0, 1], [stream])])).toBe(0);
});
