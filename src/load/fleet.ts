/** The virtual devices of a shard, in the order of their starts. */
import type { DeviceContext } from './device-context.ts';
import type { Ledger } from './ledger.ts';
import { VirtualDevice } from './virtual-device.ts';
import { wheelTimer } from './wheel.ts';

/** Every device is looked at once a second, a fiftieth of them at a time: all at once would hold up the loop for 10 ms. */
const SWEEP_EVERY_US = 20_000;
const SWEEP_PARTS = 1_000_000 / SWEEP_EVERY_US;

export class Fleet {
  readonly devices: VirtualDevice[] = [];
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

  close(): void {
    for (const device of this.devices) device.close();
  }

  ledger(): Ledger {
    const sent: number[] = [];
    const received: number[] = [];
    for (const device of this.devices) device.report(sent, received);
    return { sent: Uint32Array.from(sent), received: Uint32Array.from(received) };
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
