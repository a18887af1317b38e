import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Inbox } from '../../../../../../src/load/behaviour/telemetry/delivery/inbox.ts';
import { balanceOf } from '../../../../../../src/load/behaviour/telemetry/delivery/ledger.ts';
import {
  HEADER_BYTES,
  writeHeader,
} from '../../../../../../src/load/behaviour/telemetry/delivery/message-header.ts';
import { Sending } from '../../../../../../src/load/behaviour/telemetry/delivery/sending.ts';
import { ShareGroups } from '../../../../../../src/load/behaviour/telemetry/delivery/share-group.ts';
import type { Ledger } from '../../../../../../src/metrics/ledger.ts';
import { Recorder } from '../../../../../../src/metrics/recorder.ts';

const EVERY_US = 100_000;
let recorder: Recorder;

beforeEach(() => {
  recorder = new Recorder();
});

afterEach(() => recorder.destroy());

/** A shard with members of one group; the sender of all messages is device 9, and sends message n at n tenths of a second. */
class Members {
  readonly groups = new ShareGroups();
  readonly inboxes: Inbox[];

  constructor(count: number, filters = ['$share/g/up/#'], fromUs = 0) {
    const plans = [{ plan: { everyUs: EVERY_US, jitter: { kind: 'none' } as const, qos: 1 as const } }];
    this.inboxes = Array.from(
      { length: count },
      () => new Inbox({ recorder, run: 7, plans, groups: this.groups }),
    );
    for (const inbox of this.inboxes) subscribed(inbox, fromUs, filters);
  }

  deliver(member: number, seq: number, before = seq - 1): void {
    const payload = Buffer.alloc(HEADER_BYTES);
    writeHeader(payload, {
      run: 7,
      device: 9,
      plan: 0,
      seq,
      before,
      isRegular: true,
      intendedUs: seq * EVERY_US,
    });
    this.inboxes[member]!.received('up/d9', payload, seq * EVERY_US + 1000);
  }

  ledger(sent?: Sending, closedUs = 1e9): Ledger {
    const numbers: number[] = [];
    sent?.report(9, 0, numbers);
    for (const inbox of this.inboxes) inbox.closed(closedUs);
    const received: number[] = [];
    const missing = this.inboxes.reduce((sum, inbox) => sum + inbox.report(received), 0);
    return {
      sent: Float64Array.from(numbers),
      received: Float64Array.from(received),
      missing,
      shares: this.groups.books,
    };
  }
}

function subscribed(inbox: Inbox, nowUs: number, filters = ['$share/g/up/#']): void {
  inbox.subscribing(filters, nowUs);
  inbox.answered(
    filters.map(() => 0),
    0,
  );
  inbox.inForce(nowUs);
}

function sendingOf(count: number): Sending {
  const sending = new Sending();
  sending.count = count;
  sending.sentBy(count * EVERY_US);
  return sending;
}

describe('a shared subscription', () => {
  it('is one receiver: each message to one of its members is none lost', () => {
    const members = new Members(3);
    for (let seq = 1; seq <= 300; seq++) members.deliver(seq % 3, seq);
    expect(balanceOf([members.ledger(sendingOf(300))]).lost).toBe(0);
    expect(recorder.counters).toMatchObject({ messages_duplicated: 0, messages_reordered: 0 });
  });

  it('misses what came to none of them, in other shards neither, at the beginning and at the end too', () => {
    const shards = [new Members(1), new Members(2)];
    const isLost = (seq: number): boolean => seq === 1 || seq % 50 === 0 || seq > 295;
    for (let seq = 1; seq <= 300; seq++) if (!isLost(seq)) shards[seq % 2]!.deliver(0, seq);
    const [one, other] = shards.map((members) => members.ledger());
    const sender = new Members(0).ledger(sendingOf(300));
    // 1, 50, 100, 150, 200, 250 and the last five.
    expect(balanceOf([one!, other!, sender]).lost).toBe(11);
    expect(balanceOf([sender, other!, one!]).lost).toBe(11);
  });

  it('that two members of it get the same message of makes a duplicate, in other shards too', () => {
    const shards = [new Members(2), new Members(1)];
    for (const [shard, member, seq] of [
      [0, 0, 1],
      [0, 1, 1],
      [0, 0, 2],
      [1, 0, 2],
      [1, 0, 3],
    ] as const)
      shards[shard]!.deliver(member, seq);
    expect(recorder.counters.messages_duplicated).toBe(1);
    expect(balanceOf(shards.map((members) => members.ledger())).duplicated).toBe(1);
  });

  it('beside a plain one of the same device makes neither losses nor duplicates of copies', () => {
    const members = new Members(2, ['$share/g/up/#', 'up/d9']);
    for (let seq = 1; seq <= 40; seq++) for (const member of [0, 0, 1]) members.deliver(member, seq);
    expect(balanceOf([members.ledger(sendingOf(40))]).lost).toBe(0);
    expect(recorder.counters.messages_duplicated).toBe(0);
  });

  it('owes nothing that was sent before one member at least was there', () => {
    const members = new Members(1, ['$share/g/up/#'], 10e6);
    for (const seq of [98, 104, 105]) members.deliver(0, seq);
    // The hundredth was sent at 10 s.
    expect(balanceOf([members.ledger(sendingOf(105))]).lost).toBe(4);
  });

  it('owes a device that hears itself all that it sends, though nothing comes; not before its SUBACK', () => {
    for (const [codes, lost] of [
      [[0], 40],
      [[], 0],
      [[128], 0],
    ] as const) {
      const members = new Members(1, []);
      const [inbox] = members.inboxes;
      inbox!.subscribing(['$share/g/up/#'], 0);
      inbox!.answered(codes, 0);
      inbox!.inForce(1);
      inbox!.expectOwn(9, 0, 'up/d9', 1);
      expect(balanceOf([members.ledger(sendingOf(40))]).lost).toBe(lost);
    }
  });

  it('whose member broke owes nothing of the time around, and the rest as ever', () => {
    const members = new Members(2);
    const isLost = (seq: number): boolean => [100, 500, 900].includes(seq);
    for (let seq = 1; seq <= 1000; seq++) {
      if (seq === 505) members.inboxes[0]!.broke();
      if (seq === 530) subscribed(members.inboxes[0]!, seq * EVERY_US);
      // What went to the dead member, and what was dropped.
      const goesToDead = seq >= 499 && seq < 505 && seq % 2 === 0;
      if (!isLost(seq) && !goesToDead) members.deliver(seq >= 499 && seq < 530 ? 1 : seq % 2, seq);
    }
    const balance = balanceOf([members.ledger(sendingOf(1000))]);
    expect(balance.lost, '100 and 900').toBe(2);
    expect(balance.lossUnknown, '500, 502 and 504').toMatch(/^3 more may be/);
  });

  it('whose member broke and missed nothing is known to the end', () => {
    const members = new Members(2);
    for (let seq = 1; seq <= 300; seq++) {
      if (seq === 100) members.inboxes[0]!.broke();
      if (seq === 120) subscribed(members.inboxes[0]!, seq * EVERY_US);
      if (seq !== 250) members.deliver(seq >= 100 && seq < 120 ? 1 : seq % 2, seq);
    }
    expect(balanceOf([members.ledger(sendingOf(300))])).toEqual({ lost: 1, duplicated: 0 });
  });

  it('with members in a shard that is gone has lost nothing that anyone could know of', () => {
    const members = new Members(2);
    for (let seq = 1; seq <= 300; seq += 2) members.deliver(seq % 2, seq);
    expect(balanceOf([members.ledger(sendingOf(300))], 2)).toMatchObject({
      lost: 0,
      lossUnknown: 'a worker took its books with it',
    });
  });

  it('owes nothing of what a broken connection of the sender may have held', () => {
    const members = new Members(2);
    for (let seq = 1; seq <= 20; seq++) if (seq !== 5) members.deliver(seq % 2, seq);
    // 21 to 25 were said into a connection that was gone; 26 is the first of the next.
    for (let seq = 26; seq <= 40; seq++) if (seq !== 30) members.deliver(seq % 2, seq, seq - 26);
    const sending = sendingOf(25);
    sending.broke();
    sending.count = 40;
    sending.sentBy(4e6);
    expect(balanceOf([members.ledger(sending)]).lost, '5 and 30').toBe(2);
  });
});
