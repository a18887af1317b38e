/** The virtual devices of a shard, in the order of their starts. */

import type { Ledger } from '../metrics/ledger.ts';
import type { OpenLedger } from './behaviour/behaviour.ts';
import type { DeviceContext } from './device/device-context.ts';
import { VirtualDevice } from './device/virtual-device.ts';
import { wheelTimer } from './time/wheel.ts';

/** Period (µs) in which a fiftieth of the devices is looked at, so that each is once a second: all at once would hold up the loop for 10 ms. */
const SWEEP_EVERY_US = 20_000;
const SWEEP_PARTS = 1_000_000 / SWEEP_EVERY_US;

export class Devices {
  private devices: VirtualDevice[] = [];
  private readonly context: DeviceContext;
  private readonly sweepTimer = wheelTimer((nowUs) => this.sweep(nowUs));
  private sweepPart = 0;

  constructor(context: DeviceContext) {
    this.context = context;
  }

  /** Begins to look at its devices. */
  watch(fromUs: number): void {
    this.context.wheel.arm(this.sweepTimer, fromUs + SWEEP_EVERY_US);
  }

  unwatch(): void {
    this.context.wheel.disarm(this.sweepTimer);
  }

  /** The device in that row of the list, which was due at `dueUs`. */
  start(row: number, dueUs: number): void {
    this.devices.push(new VirtualDevice(this.context, row, dueUs));
  }

  /** No new messages, no new attempts. */
  drain(): void {
    for (const device of this.devices) device.drain();
  }

  /** Whether some messages that count as sent have not been written yet. */
  get hasUnwritten(): boolean {
    return this.devices.some((device) => device.hasUnwritten);
  }

  close(): void {
    for (const device of this.devices) device.close();
  }

  /** Closes the latest of those that are connected. */
  closeLatest(count: number): void {
    for (let index = this.devices.length - 1; index >= 0 && count > 0; index--) {
      if (this.devices[index]!.over) continue;
      this.devices[index]!.close();
      count--;
    }
  }

  /** A trial begins. */
  renew(): void {
    for (const device of this.devices) device.renew();
  }

  /** A trial is over; its connections stay. */
  settle(): void {
    for (const device of this.devices) device.settle();
  }

  /** Forgets the devices whose connection is gone; returns their rows. */
  release(): number[] {
    const rows = this.devices.filter(({ over }) => over).map(({ row }) => row);
    this.devices = this.devices.filter(({ over }) => !over);
    return rows;
  }

  ledger(): Ledger {
    const ledger: OpenLedger = { sent: [], received: [], missing: 0, shares: [] };
    for (const device of this.devices) device.link.report(ledger);
    for (const behaviour of this.context.behaviours) behaviour.report?.(ledger);
    const { sent, received } = ledger;
    return { ...ledger, sent: Float64Array.from(sent), received: Float64Array.from(received) };
  }

  /** Device n is of part n mod SWEEP_PARTS. */
  private sweep(nowUs: number): void {
    for (let index = this.sweepPart; index < this.devices.length; index += SWEEP_PARTS) {
      const device = this.devices[index]!;
      if (!device.over) device.tick(nowUs);
    }
    this.sweepPart = (this.sweepPart + 1) % SWEEP_PARTS;
    this.context.wheel.arm(this.sweepTimer, nowUs + SWEEP_EVERY_US);
  }
}
