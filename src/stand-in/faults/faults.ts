/** The faults that a plan asks for, at work on one timer wheel. A stand-in without a plan has none of this. */

import type { Duplex } from 'node:stream';
import { Wheel, WheelTimer } from '../../load/time/wheel.ts';
import type { Clock } from '../../model/clock.ts';
import type { FaultPlan } from '../../model/scenario.ts';
import { seededRandom } from '../../statistics/random.ts';
import type { Counts } from '../endpoint/counts.ts';
import type { Session } from '../endpoint/session.ts';
import type { Answer } from '../endpoint/truth.ts';
import type { Message } from '../sessions/message.ts';
import type { ActiveFault, Cloud, Fault, Send } from './fault.ts';
import { FAULTS, type FaultCounter } from './plan.ts';

const ALL: readonly (Fault<unknown, FaultCounter> & { key: keyof FaultPlan })[] = FAULTS;

type Holding = ActiveFault & Required<Pick<ActiveFault, 'hold'>>;
type Delivering = ActiveFault & Required<Pick<ActiveFault, 'deliver'>>;
type Keeping = ActiveFault & Required<Pick<ActiveFault, 'whenLeft'>>;

export class Faults {
  private readonly wheel: Wheel;
  private readonly seed: number;
  private readonly active: ActiveFault[];
  private readonly holding: Holding[];
  private readonly delivering: Delivering[];
  private readonly keeping: Keeping[];
  private begun = false;

  constructor(plan: FaultPlan, clock: Clock, counts: Counts) {
    this.seed = plan.seed ?? 1;
    this.wheel = new Wheel(clock);
    const context = { clock, wheel: this.wheel, counts, random: this.random, at: this.at };
    this.active = ALL.flatMap((fault) => {
      const value = plan[fault.key];
      return value === undefined ? [] : [fault.begin(value, context)];
    });
    this.holding = this.active.filter((fault): fault is Holding => fault.hold !== undefined);
    this.delivering = this.active.filter((fault): fault is Delivering => fault.deliver !== undefined);
    this.keeping = this.active.filter((fault): fault is Keeping => fault.whenLeft !== undefined);
    this.wheel.start();
  }

  opened(stream: Duplex): void {
    for (const fault of this.active) fault.opened?.(stream);
  }

  closed(stream: Duplex): void {
    for (const fault of this.active) fault.closed?.(stream);
  }

  /** Hears of a CONNECT: the first one is the zero of all moments in the plan. */
  connectArrived(nowUs: number, end: (session: Session) => void): void {
    if (this.begun) return;
    this.begun = true;
    for (const fault of this.active) fault.began?.(nowUs, end);
    // What begins with the first CONNECT already concerns its own answer.
    this.wheel.turn();
  }

  serve(cloud: Cloud): void {
    for (const fault of this.active) fault.serves?.(cloud);
  }

  admitted(session: Session): void {
    for (const fault of this.active) fault.admitted?.(session);
  }

  ended(session: Session): void {
    for (const fault of this.active) fault.ended?.(session);
  }

  /** Calls back when the answer to what arrived at `askedUs` is due: at once if nothing holds that kind of answer up. */
  whenDue(kind: Answer, askedUs: number, answer: () => void, from = 0): void {
    const fault = this.holding[from];
    if (fault === undefined) answer();
    else if (from + 1 === this.holding.length) fault.hold(kind, askedUs, answer);
    else fault.hold(kind, askedUs, () => this.whenDue(kind, askedUs, answer, from + 1));
  }

  /** Sends the message as the faults will have it. */
  deliver(session: Session, message: Message, send: Send, from = 0): void {
    const fault = this.delivering[from];
    if (fault === undefined) send(session, message, 1);
    else if (from + 1 === this.delivering.length) fault.deliver(session, message, send);
    else
      fault.deliver(session, message, (to, passed, copies) => {
        if (copies === 1) this.deliver(to, passed, send, from + 1);
        else send(to, passed, copies);
      });
  }

  /** Whether what is written now is held back. */
  get isHolding(): boolean {
    return this.keeping.some(({ isHolding }) => isHolding);
  }

  /** Calls back once what is written now has left; for while it is held back. */
  whenLeft(action: () => void): void {
    this.keeping.find(({ isHolding }) => isHolding)!.whenLeft(action);
  }

  close(): void {
    this.wheel.stop();
  }

  private readonly random = (purpose: string): (() => number) => {
    let mixed = this.seed;
    for (const letter of purpose) mixed = Math.imul(mixed ^ letter.charCodeAt(0), 0x9e3779b1);
    return seededRandom(mixed);
  };

  private readonly at = (dueUs: number, action: () => void): void => {
    this.wheel.arm(new Later(action), dueUs);
  };
}

class Later extends WheelTimer {
  private readonly action: () => void;

  constructor(action: () => void) {
    super();
    this.action = action;
  }

  override fire(): void {
    this.action();
  }
}
