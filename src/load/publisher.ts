/** One publish plan of one device: messages at fixed times of its own phase, whatever became of the ones before (open model). */
import type { CompiledPlan } from './device-context.ts';
import { type Wheel, WheelTimer } from './wheel.ts';

export interface PublishSender {
  send(plan: CompiledPlan, planIndex: number, intendedUs: number): void;
}

export class Publisher extends WheelTimer {
  private readonly wheel: Wheel;
  private readonly sender: PublishSender;
  private readonly plan: CompiledPlan;
  private readonly planIndex: number;
  private readonly endUs: number;
  private nextUs: number;

  /** The first message is due at `firstUs`, none at or after `endUs`. */
  constructor(
    wheel: Wheel,
    sender: PublishSender,
    plan: CompiledPlan,
    planIndex: number,
    firstUs: number,
    endUs: number,
  ) {
    super();
    this.wheel = wheel;
    this.sender = sender;
    this.plan = plan;
    this.planIndex = planIndex;
    this.endUs = endUs;
    this.nextUs = firstUs;
    if (firstUs < endUs) wheel.arm(this, firstUs);
  }

  fire(nowUs: number): void {
    // A held-up loop sends all it missed, each counted from its own intended time.
    while (this.nextUs <= nowUs && this.nextUs < this.endUs) {
      this.sender.send(this.plan, this.planIndex, this.nextUs);
      this.nextUs += this.plan.plan.everyUs;
    }
    if (this.nextUs < this.endUs) this.wheel.arm(this, this.nextUs);
  }

  /** Also from within `send`. */
  stop(): void {
    this.nextUs = Number.POSITIVE_INFINITY;
    this.wheel.disarm(this);
  }
}
