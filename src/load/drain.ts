/** The end of a run or of a trial: what is under way may finish, for a while. */
import type { DeviceContext } from './device/device-context.ts';
import type { Devices } from './devices.ts';

/** How often a drain looks whether it is over, and how long closing sockets may take. */
export const DRAIN_LOOK_US = 2_000;
export const CLOSING_US = 2_000_000;
const QUIET_US = 1_500_000;

export class Drain {
  private readonly context: DeviceContext;
  private readonly devices: Devices;
  private readonly fromUs: number;
  private readonly untilUs: number;

  /** Over after `mostUs` at the latest. */
  constructor(context: DeviceContext, devices: Devices, fromUs: number, mostUs: number) {
    this.context = context;
    this.devices = devices;
    this.fromUs = fromUs;
    this.untilUs = fromUs + mostUs;
  }

  isOver(nowUs: number): boolean {
    if (nowUs >= this.untilUs) return true;
    // All devices are asked: last, when the cheap answers would let it end.
    return this.context.load.outstanding === 0 && this.isQuiet(nowUs) && !this.devices.hasUnwritten;
  }

  /** Nothing says how many messages between devices are still on their way: they have ended when none has come for a while. */
  private isQuiet(nowUs: number): boolean {
    const { subscriptions, plans, load } = this.context;
    const listens = subscriptions.length > 0 && plans.some(({ plan }) => plan.payload.kind === 'size');
    return !listens || nowUs - Math.max(load.receivedUs, this.fromUs) >= QUIET_US;
  }
}
