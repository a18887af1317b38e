/** One publish plan of one device: messages at times of its own, whatever became of the ones before (open model). */
import { type Wheel, WheelTimer } from '../../time/wheel.ts';
import type { CompiledPlan } from './plans.ts';
import type { PublishTimes } from './publish-times.ts';

export interface PublishSender {
  /** Sends the message that was due at `intendedUs`. */
  send(plan: CompiledPlan, intendedUs: number): void;
}

export class Publisher extends WheelTimer {
  private readonly plan: CompiledPlan;
  private readonly wheel: Wheel;
  private readonly sender: PublishSender;
  private readonly times: PublishTimes;
  private endUs: number;

  /** No message at or after `endUs`. */
  constructor(wheel: Wheel, sender: PublishSender, plan: CompiledPlan, times: PublishTimes, endUs: number) {
    super();
    this.wheel = wheel;
    this.sender = sender;
    this.plan = plan;
    this.times = times;
    this.endUs = endUs;
    if (times.nextUs < endUs) wheel.arm(this, times.nextUs);
  }

  fire(nowUs: number): void {
    const { times } = this;
    // A held-up loop sends all it missed, each counted from its own intended time.
    while (times.nextUs <= nowUs && times.nextUs < this.endUs) {
      const intendedUs = times.nextUs;
      times.advance();
      this.sender.send(this.plan, intendedUs);
    }
    if (times.nextUs < this.endUs) this.wheel.arm(this, times.nextUs);
  }

  /** Sends no more; may be called from within `send`. */
  stop(): void {
    this.endUs = 0;
    this.wheel.disarm(this);
  }
}
