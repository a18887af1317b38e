/** When a device that could not connect, or whose connection was lost, may try again. Pure but for the random source it is given. */
import type { ReconnectPolicy } from '../../model/scenario.ts';

/** A minute and a bit (µs): the platform counts attempts as they arrive, which may be closer together than they were sent. */
export const MINUTE_US = 60_500_000;

export class ReconnectSchedule {
  /** Attempts since the connection was lost. */
  tries = 0;
  private policy: ReconnectPolicy;
  private readonly random: () => number;
  /** Starts of the last `perMinute` attempts, the first connect among them; oldest first. */
  private readonly startsUs: number[] = [];

  constructor(policy: ReconnectPolicy, random: () => number) {
    this.policy = policy;
    this.random = random;
  }

  /** An attempt starts now, whether it is the first connect, its retry or a return. */
  started(nowUs: number): void {
    if (this.policy.perMinute !== Number.POSITIVE_INFINITY) this.startsUs.push(nowUs);
    this.forget();
  }

  /** The connection is up: the next loss begins anew, by a policy that may be another. The attempts made so far count for it as well. */
  succeeded(next: ReconnectPolicy): void {
    this.tries = 0;
    this.policy = next;
    this.forget();
  }

  /** When to start the next attempt, on the clock of `nowUs`. */
  nextUs(nowUs: number): number {
    const { policy, delayUs, maxDelayUs, perMinute } = this.policy;
    const most = Math.min(maxDelayUs, delayUs * 2 ** Math.min(this.tries, 32));
    const waitUs = policy === 'fixed' ? delayUs : Math.floor(this.random() * most);
    this.tries++;
    const [oldest] = this.startsUs;
    const allowedUs = this.startsUs.length < perMinute ? 0 : oldest! + MINUTE_US;
    return Math.max(nowUs + waitUs, allowedUs);
  }

  private forget(): void {
    while (this.startsUs.length > this.policy.perMinute) this.startsUs.shift();
  }
}
