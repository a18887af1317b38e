/** The end of a run or of a trial: what is under way may finish, for a while. */
import type { DeviceContext } from './device/device-context.ts';
import type { Devices } from './devices.ts';

/** How often a drain looks whether it is over, and how long closing sockets may take (µs). */
export const DRAIN_LOOK_US = 2_000;
export const CLOSING_US = 2_000_000;

export class Drain {
  private readonly context: DeviceContext;
  private readonly devices: Devices;
  private readonly fromUs: number;
  private readonly untilUs: number;

  /** A drain that is over `mostUs` after `fromUs` at the latest. */
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

  private isQuiet(nowUs: number): boolean {
    return this.context.behaviours.every((each) => each.isQuiet?.(nowUs, this.fromUs) ?? true);
  }
}
