import { expect, it } from 'vitest';
import { balanceOf } from '../../../../../../src/load/behaviour/telemetry/delivery/ledger.ts';
import { Sending } from '../../../../../../src/load/behaviour/telemetry/delivery/sending.ts';
import { Stream } from '../../../../../../src/load/behaviour/telemetry/delivery/stream.ts';
import type { Ledger } from '../../../../../../src/metrics/ledger.ts';

/** Long after all was sent. */
const CLOSED_US = 60e6;

/** `sent`: device, plan and number of messages of each sender, the last of them sent at 10 s. */
function ledgerOf(sent: [number, number, number][], streams: Stream[] = [], closedUs = CLOSED_US): Ledger {
  const numbers: number[] = [];
  for (const [device, plan, count] of sent) {
    const sending = new Sending();
    sending.count = count;
    sending.sentBy(10e6);
    sending.report(device, plan, numbers);
  }
  return {
    sent: Float64Array.from(numbers),
    received: Float64Array.from(
      streams.flatMap(({ device, plan, highest }) => [device, plan, highest, closedUs]),
    ),
    missing: streams.reduce((sum, { missing }) => sum + missing, 0),
    shares: [],
  };
}

function streamOf(device: number, from: number, seqs: number[]): Stream {
  const stream = new Stream(device, 0);
  stream.begin(from);
  for (const seq of seqs) stream.arrive(seq, from);
  return stream;
}

it('nothing is lost where all arrived, in whatever order and however often', () => {
  expect(balanceOf([ledgerOf([[1, 0, 4]], [streamOf(1, 1, [2, 1, 1, 4, 3, 3])])]).lost).toBe(0);
  expect(balanceOf([]).lost).toBe(0);
  expect(balanceOf([ledgerOf([[1, 0, 4]])]).lost, 'nobody listens').toBe(0);
});

it('the first, the last and those in between are missed alike, in another shard than the sender’s', () => {
  const receivers = [streamOf(1, 1, [3, 4, 5]), streamOf(1, 1, [1, 2, 3]), streamOf(1, 1, [1, 3, 5])];
  for (const stream of receivers) {
    expect(balanceOf([ledgerOf([[1, 0, 5]]), ledgerOf([], [stream])]).lost).toBe(2);
    expect(balanceOf([ledgerOf([], [stream]), ledgerOf([[1, 0, 5]])]).lost).toBe(2);
  }
  expect(balanceOf([ledgerOf([[1, 0, 5]]), ledgerOf([], receivers)]).lost, 'each receiver by itself').toBe(6);
});

it('a receiver that came late does not miss what was before', () => {
  expect(balanceOf([ledgerOf([[1, 0, 5]], [streamOf(1, 4, [4])])]).lost).toBe(1);
});

it('plans and devices are told apart', () => {
  const streams = [streamOf(1, 1, [1, 2]), streamOf(2, 1, [1])];
  const sent: [number, number, number][] = [
    [1, 0, 2],
    [1, 1, 99],
    [2, 0, 3],
  ];
  expect(balanceOf([ledgerOf(sent, streams)]).lost).toBe(2);
});

it('of a sender whose shard is lost nothing is known after the last that came', () => {
  expect(balanceOf([ledgerOf([[2, 0, 1]], [streamOf(1, 1, [1, 2])])]).lost).toBe(0);
  expect(balanceOf([ledgerOf([[2, 0, 1]], [streamOf(1, 1, [1, 4])])]).lost, 'those between were sent').toBe(
    2,
  );
});

it('what was sent less than a second before the receiver closed may have been under way', () => {
  const lostWhenClosedAt = (us: number): number =>
    balanceOf([ledgerOf([[1, 0, 5]], [streamOf(1, 1, [1, 2, 3])], us)]).lost;
  expect(lostWhenClosedAt(11e6)).toBe(2);
  expect(lostWhenClosedAt(11e6 - 1)).toBe(0);
});

it('of a sender that goes on after the receiver closed, what it had sent a while before counts', () => {
  const sending = new Sending();
  for (let tenths = 0; tenths < 100; tenths++) {
    sending.count++;
    sending.sentBy(10e6 + tenths * 100_000);
  }
  const numbers: number[] = [];
  sending.report(1, 0, numbers);
  const ledger = { ...ledgerOf([], [streamOf(1, 1, [])], 19e6), sent: Float64Array.from(numbers) };
  // Sent by 18 s: 81, of which the last mark knows 71 at least.
  const lost = balanceOf([ledger]).lost;
  expect(lost).toBeGreaterThanOrEqual(71);
  expect(lost).toBeLessThanOrEqual(81);
});

it('what a connection still held when it broke may never have come to the server', () => {
  const sending = new Sending();
  sending.count = 5;
  sending.sentBy(2e6);
  sending.broke();
  const tail = (count: number): number => {
    sending.count = count;
    sending.sentBy(10e6);
    const numbers: number[] = [];
    sending.report(1, 0, numbers);
    return balanceOf([{ ...ledgerOf([], [streamOf(1, 1, [1, 2])]), sent: Float64Array.from(numbers) }]).lost;
  };
  expect(tail(5), 'it did not come back').toBe(0);
  expect(tail(8), 'three by the next connection').toBe(3);
});

it('what a session carries on to the next connection is owed, once there was time for it', () => {
  const lostAfterReturn = (goesOn: boolean, returnUs: number): number => {
    const sending = new Sending();
    sending.count = 5;
    sending.sentBy(2e6);
    for (const us of [3e6, returnUs]) {
      sending.broke();
      sending.connected(goesOn, us);
    }
    const numbers: number[] = [];
    sending.report(1, 0, numbers);
    const ledger = ledgerOf([], [streamOf(1, 1, [1, 2])], 11e6);
    return balanceOf([{ ...ledger, sent: Float64Array.from(numbers) }]).lost;
  };
  expect(lostAfterReturn(true, 10e6)).toBe(3);
  expect(lostAfterReturn(true, 10e6 + 1)).toBe(0);
  expect(lostAfterReturn(false, 10e6)).toBe(0);
});

it('no more has come twice than the shards themselves have seen, without groups', () => {
  expect(balanceOf([ledgerOf([[1, 0, 5]], [streamOf(1, 1, [1, 1, 2])])]).duplicated).toBe(0);
});
