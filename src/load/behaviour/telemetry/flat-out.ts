/** One publish plan of one device without a pace (`every: 0s`): as many messages as the connection takes. */
import { type Turns, TurnTaker } from '../../time/fair-queue.ts';
import type { CompiledPlan } from './plans.ts';

/** Packets of one turn go to the socket in one write, so that the system call is shared by many. */
const MOST_PER_TURN = 128;

export interface FlatOutSender {
  /** How many messages there is room for; where there is none, `wake` is called once there is. */
  room(plan: CompiledPlan): number;
  sendNow(plan: CompiledPlan, nowUs: number): void;
}

export class FlatOut extends TurnTaker {
  private readonly plan: CompiledPlan;
  private readonly turns: Turns;
  private readonly sender: FlatOutSender;
  private endUs: number;

  /** No message at or after `endUs`. */
  constructor(turns: Turns, sender: FlatOutSender, plan: CompiledPlan, endUs: number) {
    super();
    this.turns = turns;
    this.sender = sender;
    this.plan = plan;
    this.endUs = endUs;
    this.wake();
  }

  wake(): void {
    this.turns.join(this);
  }

  takeTurn(nowUs: number): boolean {
    if (nowUs >= this.endUs) return false;
    const room = this.sender.room(this.plan);
    const messages = Math.min(room, MOST_PER_TURN);
    for (let sent = 0; sent < messages; sent++) this.sender.sendNow(this.plan, nowUs);
    return room > 0;
  }

  stop(): void {
    this.endUs = 0;
  }
}
