/**
 * Ticks ten times a second, for the few connections whose server asks for a keepalive that ticks a second apart could not keep. One timer
 * for all of a shard's, and none while there are none.
 */
import { monotonicClock } from '../model/clock.ts';

export interface Ticked {
  tick(nowUs: number): void;
}

const EVERY_MS = 100;

export class ShortTicks {
  private readonly clock = monotonicClock();
  private readonly members = new Set<Ticked>();
  private timer: NodeJS.Timeout | undefined;

  join(member: Ticked): void {
    this.members.add(member);
    this.timer ??= setInterval(this.tick, EVERY_MS);
  }

  leave(member: Ticked): void {
    if (!this.members.delete(member) || this.members.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private readonly tick = (): void => {
    const nowUs = this.clock.nowUs();
    for (const member of this.members) member.tick(nowUs);
  };
}
