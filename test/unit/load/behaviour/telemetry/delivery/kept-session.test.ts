/** What a device hears that goes on with its session: what the server kept for it, what is owed to it, and what came twice. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Inbox } from '../../../../../../src/load/behaviour/telemetry/delivery/inbox.ts';
import { balanceOf } from '../../../../../../src/load/behaviour/telemetry/delivery/ledger.ts';
import {
  HEADER_BYTES,
  writeHeader,
} from '../../../../../../src/load/behaviour/telemetry/delivery/message-header.ts';
import { ShareGroups } from '../../../../../../src/load/behaviour/telemetry/delivery/share-group.ts';
import { Recorder } from '../../../../../../src/metrics/recorder.ts';
import type { Qos } from '../../../../../../src/model/scenario.ts';

let recorder: Recorder;
beforeEach(() => {
  recorder = new Recorder();
});
afterEach(() => recorder.destroy());

const S = 1_000_000;
/** Sender 3 sends message n at n tenths of a second, all of them on one connection. */
const sentUs = (seq: number) => seq * 100_000;

/** An inbox that has been subscribed since 0, heard messages 1 to 10, and lost its connection at 1 s. */
class Receiver {
  readonly inbox: Inbox;
  private readonly groups = new ShareGroups();

  constructor(granted = 1, planQos: Qos = 1, filter = 'up/#') {
    const plan = { everyUs: 100_000, jitter: { kind: 'none' } as const, qos: planQos };
    this.inbox = new Inbox({ recorder, run: 7, plans: [{ plan }], groups: this.groups });
    this.subscribe(filter, granted, 0);
    for (let seq = 1; seq <= 10; seq++) this.hears(seq, sentUs(seq));
    this.inbox.broke();
  }

  subscribe(filter: string, granted: number, nowUs: number): void {
    this.inbox.subscribing([filter], nowUs);
    this.inbox.answered([granted], 0);
    this.inbox.inForce(nowUs);
  }

  /** Its session goes on. */
  returns(nowUs: number): void {
    this.inbox.resumed(nowUs);
    this.inbox.inForce(nowUs);
  }

  hears(seq: number, nowUs: number, intendedUs = sentUs(seq), device = 3): void {
    const payload = Buffer.alloc(HEADER_BYTES);
    const numbers = { run: 7, device, plan: 0, seq, before: seq - 1, isRegular: true };
    writeHeader(payload, { ...numbers, intendedUs });
    this.inbox.received('up/d3', payload, nowUs);
  }

  /** What is lost in the end, of so many that the sender sent. */
  lost(sent: number, closedUs: number): number {
    const { device, received, missing } = this.close(closedUs);
    const ledger = {
      sent: new Float64Array([device, 0, 1, sent, sentUs(sent), 0, 0, 0, 0]),
      received: new Float64Array(received),
      missing,
      shares: this.groups.books,
    };
    return balanceOf([ledger]).lost;
  }

  private close(closedUs: number) {
    const received: number[] = [];
    this.inbox.closed(closedUs);
    return { device: 3, received, missing: this.inbox.report(received) };
  }
}

const { counters: zero } = new Recorder();
const told = () => {
  const { counters, trends } = recorder;
  return {
    backlog: counters.messages_backlog - zero.messages_backlog,
    latencies: trends.message_latency.count,
    slowest: trends.message_latency.max,
    drains: trends.backlog_drain.count,
    drain: trends.backlog_drain.max,
  };
};

describe('what the server kept', () => {
  it('is counted apart, has no latency, and takes from CONNACK to the last of it', () => {
    const at = new Receiver();
    at.returns(4 * S);
    for (let seq = 11; seq <= 39; seq++) at.hears(seq, 4 * S + seq * 10_000);
    expect(told()).toMatchObject({ backlog: 29, latencies: 10, drains: 0 });
    at.hears(40, 4_500_000);
    expect(told()).toMatchObject({ backlog: 29, latencies: 11, slowest: 500_000, drains: 1, drain: 390_000 });
    // Once it is over, what is old has been late elsewhere.
    at.hears(1, 6 * S, 2 * S, 4);
    expect(told()).toMatchObject({ backlog: 29, latencies: 12, slowest: 4 * S });
  });

  it('is over when the connection is: what came of it is told, what did not is not', () => {
    const at = new Receiver();
    at.returns(4 * S);
    at.hears(11, 4_100_000);
    at.inbox.broke();
    expect(told()).toMatchObject({ backlog: 1, drains: 1, drain: 100_000 });
    at.returns(8 * S);
    at.inbox.broke();
    expect(told()).toMatchObject({ backlog: 1, drains: 1 });
  });

  it('is over after a silence, with and without another message', () => {
    const at = new Receiver();
    at.returns(4 * S);
    at.hears(11, 4_100_000);
    at.inbox.tick(9 * S);
    expect(told().drains).toBe(0);
    at.inbox.tick(9_100_000);
    expect(told()).toMatchObject({ drains: 1, drain: 100_000 });
    at.hears(12, 9_200_000);
    expect(told()).toMatchObject({ backlog: 1, latencies: 11 });
  });

  it('is not ended by a message at QoS 0, which overtakes it', () => {
    const at = new Receiver(1, 0);
    at.returns(4 * S);
    at.hears(41, 4_100_000);
    at.hears(12, 4_200_000);
    expect(told()).toMatchObject({ backlog: 1, latencies: 11 });
  });

  it('a second copy of what had come before is a duplicate, and no backlog', () => {
    const at = new Receiver();
    at.returns(4 * S);
    at.hears(10, 4_100_000);
    at.hears(11, 4_200_000);
    expect(recorder.counters.messages_duplicated).toBe(1);
    expect(told()).toMatchObject({ backlog: 1, latencies: 10 });
  });

  it('is none on a connection with a new session, however old a message is', () => {
    const at = new Receiver();
    at.subscribe('up/#', 1, 4 * S);
    at.hears(11, 4_100_000);
    expect(told()).toMatchObject({ backlog: 0, latencies: 11, slowest: 3 * S });
  });
});

describe('what is owed', () => {
  it('is all that was sent while it was away, until the end', () => {
    const at = new Receiver();
    at.returns(4 * S);
    for (const seq of [11, 12, 14, 15, 41]) at.hears(seq, 4_200_000);
    expect(at.lost(41, 9 * S)).toBe(26);
  });

  it('is what came out of order as well', () => {
    const at = new Receiver();
    at.returns(4 * S);
    for (const seq of [12, 11, 14, 13]) at.hears(seq, 4_200_000);
    expect(recorder.counters).toMatchObject({ messages_reordered: 2, messages_duplicated: 0 });
    expect(at.lost(14, 9 * S)).toBe(0);
  });

  it('is the rest, where nothing of it came though there was time', () => {
    const at = new Receiver();
    at.returns(4 * S);
    expect(at.lost(30, 9 * S)).toBe(20);
  });

  it('is not known of a receiver that was still getting it when it closed', () => {
    const at = new Receiver();
    at.returns(4 * S);
    at.hears(11, 4_100_000);
    expect(at.lost(30, 4_900_000)).toBe(0);
  });

  it.each([
    ['the messages', 1, 0],
    ['the subscription', 0, 1],
  ] as const)('is nothing while it was away where QoS 0 is that of %s', (_, granted, planQos) => {
    const at = new Receiver(granted, planQos);
    at.returns(4 * S);
    for (const seq of [42, 43, 45]) at.hears(seq, 4_500_000);
    // From its return on: 40 and 41, which were meant for then, and 44.
    expect(at.lost(45, 9 * S)).toBe(3);
  });

  it('is nothing of what was sent while it was away, where the session was gone', () => {
    const at = new Receiver();
    at.subscribe('up/#', 1, 4 * S);
    for (const seq of [42, 43]) at.hears(seq, 4_500_000);
    expect(at.lost(43, 9 * S)).toBe(2);
  });

  it('is all from its first SUBACK on of a sender that it hears of only now', () => {
    const at = new Receiver();
    at.returns(4 * S);
    at.hears(25, 4_200_000, sentUs(25), 5);
    const received: number[] = [];
    at.inbox.closed(9 * S);
    expect(at.inbox.report(received)).toBe(24);
  });
});

describe('a member of a group', () => {
  it('that was away may have been sent what is missing: it is doubtful, not lost', () => {
    const at = new Receiver(1, 1, '$share/g/up/#');
    at.returns(4 * S);
    for (const seq of [11, 12, 100]) at.hears(seq, seq === 100 ? 10_100_000 : 4_200_000);
    expect(told()).toMatchObject({ backlog: 2 });
    expect(at.lost(100, 19 * S)).toBeLessThanOrEqual(60);
  });

  it('that closed while it still got what had been kept may have more waiting', () => {
    const at = new Receiver(1, 1, '$share/g/up/#');
    at.returns(4 * S);
    at.hears(11, 4_100_000);
    expect(at.lost(45, 4_900_000)).toBe(0);
  });
});
