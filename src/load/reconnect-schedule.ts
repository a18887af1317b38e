/** When a device whose connection was lost may try again. Pure but for the random source it is given. */
import type { ReconnectPolicy } from '../scenario/scenario.ts';

/** The platform counts attempts as they arrive, which may be closer together than they were sent. */
export const MINUTE_US = 60_500_000;

export class ReconnectSchedule {
  /** Attempts since the connection was lost. */
  tries = 0;
  private readonly policy: ReconnectPolicy;
  private readonly random: () => number;
  /** Starts of the last `perMinute` attempts, the first connect among them; oldest first. */
  private readonly startsUs: number[] = [];

  constructor(policy: ReconnectPolicy, random: () => number) {
    this.policy = policy;
    this.random = random;
  }

  /** An attempt starts now, whether it is the first connect or a return. */
  started(nowUs: number): void {
    this.startsUs.push(nowUs);
    if (this.startsUs.length > this.policy.perMinute) this.startsUs.shift();
  }

  /** The connection is up: the next loss begins anew. */
  succeeded(): void {
    this.tries = 0;
  }

  /** When to start the next attempt. */
  nextUs(nowUs: number): number {
    const { policy, delayUs, maxDelayUs, perMinute } = this.policy;
    const most = Math.min(maxDelayUs, delayUs * 2 ** Math.min(this.tries, 32));
    const waitUs = policy === 'fixed' ? delayUs : Math.floor(this.random() * most);
    this.tries++;
    const [oldest] = this.startsUs;
    const allowedUs = this.startsUs.length < perMinute ? 0 : oldest! + MINUTE_US;
    return Math.max(nowUs + waitUs, allowedUs);
  }
}
