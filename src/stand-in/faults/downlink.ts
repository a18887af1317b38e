/**
 * Messages to devices that are lost, doubled or overtaken on request. Every message is at most one of these, and the one that overtakes
 * is none, so that a device which counts gaps, repetitions and late arrivals finds the stand-in's own counts.
 */

import { type Wheel, WheelTimer } from '../../load/time/wheel.ts';
import type { Clock } from '../../model/clock.ts';
import type { FaultPlan } from '../../model/scenario.ts';
import type { Counts } from '../endpoint/counts.ts';
import type { Session } from '../endpoint/session.ts';

export interface Message {
  topic: string;
  payload: string | Buffer;
  qos: 0 | 1 | 2;
  /** Of a reply: when the post arrived that it answers. */
  askedUs?: number;
}

/** What really sends: one packet, or it and its copy in a row. */
export type Send = (session: Session, message: Message, copies: 1 | 2) => void;

/** A message held back waits this long for one that overtakes it. */
const LONGEST_HOLD_US = 1_000_000;

export class Downlink {
  private readonly shares: NonNullable<FaultPlan['downlink']>;
  private readonly random: () => number;
  private readonly clock: Clock;
  private readonly wheel: Wheel;
  private readonly counts: Counts;
  private readonly sendNow: Send;
  private readonly held = new WeakMap<Session, Held>();

  constructor(
    shares: NonNullable<FaultPlan['downlink']>,
    random: () => number,
    time: { clock: Clock; wheel: Wheel },
    counts: Counts,
    sendNow: Send,
  ) {
    this.shares = shares;
    this.random = random;
    this.clock = time.clock;
    this.wheel = time.wheel;
    this.counts = counts;
    this.sendNow = sendNow;
  }

  send(session: Session, message: Message): void {
    const held = this.held.get(session);
    if (held !== undefined) {
      this.counts.messages_swapped++;
      this.sendNow(session, message, 1);
      this.release(held);
      return;
    }
    const { drop = 0, repeat = 0, swap = 0 } = this.shares;
    const drawn = this.random();
    if (drawn < drop) {
      this.counts.messages_dropped++;
    } else if (drawn < drop + repeat) {
      this.counts.messages_repeated++;
      this.sendNow(session, message, 2);
    } else if (drawn < drop + repeat + swap) {
      const back = new Held(session, message, (late) => this.release(late));
      this.held.set(session, back);
      this.wheel.arm(back, this.clock.nowUs() + LONGEST_HOLD_US);
    } else {
      this.sendNow(session, message, 1);
    }
  }

  /** Of a connection that has ended: what was held back for it never arrives. */
  ended(session: Session): void {
    const held = this.held.get(session);
    if (held === undefined) return;
    this.forget(held);
    this.counts.messages_dropped++;
  }

  private release(held: Held): void {
    this.forget(held);
    this.sendNow(held.session, held.message, 1);
  }

  private forget(held: Held): void {
    this.wheel.disarm(held);
    this.held.delete(held.session);
  }
}

class Held extends WheelTimer {
  readonly session: Session;
  readonly message: Message;
  private readonly release: (held: Held) => void;

  constructor(session: Session, message: Message, release: (held: Held) => void) {
    super();
    this.session = session;
    this.message = message;
    this.release = release;
  }

  override fire(): void {
    this.release(this);
  }
}
