/** The starts of a shard, one after the other: each when it is due, or dropped where no slot is free. */
import type { DeviceContext } from '../device/device-context.ts';
import { wheelTimer } from './wheel.ts';

export interface StartPlan {
  count: number;
  /** When the n-th is due, on the shard's clock; never earlier than the one before. */
  dueUs(nth: number): number;
  start(nth: number, dueUs: number): void;
}

export class Starts {
  private readonly context: DeviceContext;
  private readonly plan: StartPlan;
  private readonly timer = wheelTimer((nowUs) => this.pace(nowUs));
  private next = 0;

  constructor(context: DeviceContext, plan: StartPlan) {
    this.context = context;
    this.plan = plan;
  }

  begin(): void {
    if (this.plan.count > 0) this.context.wheel.arm(this.timer, this.plan.dueUs(0));
  }

  /** Cancels the starts that have not been due. */
  end(): void {
    const { wheel, recorder } = this.context;
    wheel.disarm(this.timer);
    recorder.counters.connects_scheduled += this.plan.count - this.next;
    recorder.counters.connects_cancelled += this.plan.count - this.next;
    this.next = this.plan.count;
  }

  private pace(nowUs: number): void {
    const { recorder, slots, wheel } = this.context;
    const { counters } = recorder;
    while (this.next < this.plan.count) {
      const dueUs = this.plan.dueUs(this.next);
      if (dueUs > nowUs) {
        wheel.arm(this.timer, dueUs);
        return;
      }
      const nth = this.next++;
      counters.connects_scheduled++;
      if (slots.areTaken) counters.connects_dropped++;
      else this.plan.start(nth, dueUs);
    }
  }
}
