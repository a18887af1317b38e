/**
 * A timer for a library that sets its keepalive's anew with every packet it receives: a Timeout of Node's each time would cost more than
 * the packet, and live long enough to fill the heap. This one is turned by ticks, and setting it allocates nothing.
 */
import { pingAfterSec } from '../keepalive.ts';

export class TickTimer {
  private fire: (() => void) | undefined = undefined;
  private everyUs = 0;
  /** 0 until the first tick after it was set. */
  private dueUs = 0;

  /**
   * In place of what was set before. There is one only; its number is 1. An interval is half a keepalive, and fires somewhat early, so that
   * two of them, each up to a tick late, are within it [MQTT-3.1.2-20].
   */
  set(fire: () => void, everyMs: number): number {
    this.fire = fire;
    this.everyUs = pingAfterSec((2 * everyMs) / 1e3) * 5e5;
    this.dueUs = 0;
    return 1;
  }

  clear(): void {
    this.fire = undefined;
  }

  tick(nowUs: number): void {
    if (this.fire === undefined) return;
    if (this.dueUs === 0) {
      this.dueUs = nowUs + this.everyUs;
    } else if (nowUs >= this.dueUs) {
      this.dueUs += this.everyUs;
      this.fire();
    }
  }
}
