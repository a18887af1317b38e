/** The faults that a plan asks for, on one timer wheel. A stand-in without a plan has none of this. */

import { Wheel, WheelTimer } from '../../load/time/wheel.ts';
import type { Clock } from '../../model/clock.ts';
import type { FaultPlan } from '../../model/scenario.ts';
import { seededRandom } from '../../statistics/random.ts';
import type { Session } from '../endpoint/session.ts';
import { ANSWERS, type Answer } from '../endpoint/truth.ts';
import { delaySampler } from './delay.ts';
import { chooseShare } from './disconnect.ts';
import { Freeze } from './freeze.ts';

export type Cut = (session: Session, how: 'rst' | 'fin') => void;

export class Faults {
  readonly plan: FaultPlan;
  readonly clock: Clock;
  readonly wheel: Wheel;
  readonly freeze = new Freeze();
  /** The connections that can be cut. */
  private readonly signedIn = new Set<Session>();
  private readonly samplers: Partial<Record<Answer, () => number>> = {};
  private begun = false;

  constructor(plan: FaultPlan, clock: Clock) {
    this.plan = plan;
    this.clock = clock;
    this.wheel = new Wheel(clock);
    for (const answer of ANSWERS) {
      const delay = plan.delay?.[answer];
      if (delay !== undefined) this.samplers[answer] = delaySampler(delay, this.random(`delay ${answer}`));
    }
    this.wheel.start();
  }

  /** A stream of its own for each purpose: how many PUBACKs were delayed does not change which message is dropped. */
  random(purpose: string): () => number {
    let mixed = this.plan.seed ?? 1;
    for (const letter of purpose) mixed = Math.imul(mixed ^ letter.charCodeAt(0), 0x9e3779b1);
    return seededRandom(mixed);
  }

  /** The first one is the zero of all moments in the plan. */
  connectArrived(nowUs: number, cut: Cut): void {
    if (this.begun) return;
    this.begun = true;
    for (const { atUs, forUs } of this.plan.freeze ?? []) {
      this.at(nowUs + atUs, () => this.freeze.begin());
      this.at(nowUs + atUs + forUs, () => this.freeze.end());
    }
    const random = this.random('disconnect');
    for (const { atUs, share, how = 'fin' } of this.plan.disconnect ?? []) {
      this.at(nowUs + atUs, () => {
        for (const session of chooseShare(this.signedIn, share, random)) cut(session, how);
      });
    }
    // What begins with the first CONNECT already concerns its own answer.
    this.wheel.turn();
  }

  admitted(session: Session): void {
    this.signedIn.add(session);
  }

  ended(session: Session): void {
    this.signedIn.delete(session);
  }

  /** Calls back when the answer to what arrived at `askedUs` is due: at once if that kind of answer is not delayed. */
  whenDue(answer: Answer, askedUs: number, action: () => void): void {
    const sample = this.samplers[answer];
    if (sample === undefined) action();
    else this.at(askedUs + sample(), action);
  }

  close(): void {
    this.wheel.stop();
  }

  private at(dueUs: number, action: () => void): void {
    this.wheel.arm(new Later(action), dueUs);
  }
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
