/**
 * Asks for the secrets of devices, one after the other as they are due: start k at k / rate, whatever has become of those before (an open
 * model). Who finds no free place waits for one, for a tool leaves nobody out; the latency counts from when it was due. A secret is on the
 * disk before its connection is ended and before it counts.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPacer } from '../load/time/pacer.ts';
import type { Clock } from '../model/clock.ts';
import type { Identity } from '../model/devices/device-table.ts';
import type { FleetError } from '../model/errors.ts';
import { Tally } from './tally.ts';
import type { Grant, Told, Way } from './way/way.ts';

export interface RegistrarPlan {
  count: number;
  /** The n-th that is to be asked for. */
  device(nth: number): Identity;
  productSecret(nth: number): string;
  ratePerSec: number;
  maxInFlight: number;
  clock: Clock;
  /** Keeps a row; resolves when it is safe. */
  keep(row: readonly string[]): Promise<void>;
}

/** Code of what was granted and could not be written. */
export const NOT_KEPT = 'not kept';

/** The time (µs) that those under way have after a request to stop. */
const STOP_GRACE_US = 5e6;

export class Registrar {
  readonly tally = new Tally();
  /** Those that have asked and not been answered. */
  inFlight = 0;
  private readonly plan: RegistrarPlan;
  private readonly way: Way;
  private readonly stopped = new AbortController();
  private readonly givenUp = new AbortController();
  /** Why no secret can be kept any more, where that is so: it has stopped then. */
  fault: FleetError | undefined;
  private onFree: (() => void) | undefined;
  private onIdle: (() => void) | undefined;

  constructor(plan: RegistrarPlan, way: Way) {
    this.plan = plan;
    this.way = way;
    // One listener for each that is under way.
    setMaxListeners(0, this.givenUp.signal);
  }

  /** Begins nothing new; what is under way has a while to end. */
  stop(): void {
    if (this.stopped.signal.aborted) return;
    this.stopped.abort();
    this.onFree?.();
    setTimeout(() => this.givenUp.abort(), STOP_GRACE_US / 1e3).unref();
  }

  /** Resolves when all have been answered, or those that were under way when it was stopped. */
  async complete(): Promise<void> {
    const { counters } = this.tally;
    const { count, ratePerSec, maxInFlight, clock } = this.plan;
    const durationUs = Math.ceil(count / ratePerSec) * 1e6;
    const pacer = createPacer([{ durationUs, fromPerSec: ratePerSec, toPerSec: ratePerSec }]);
    const startLineUs = clock.nowUs();
    counters.registers_scheduled = count;
    for (let nth = 0; nth < count; nth++) {
      const dueUs = startLineUs + pacer.dueUs(nth);
      await this.until(dueUs);
      if (this.inFlight >= maxInFlight && !this.stopped.signal.aborted) {
        counters.registers_waited++;
        await new Promise<void>((resolve) => {
          this.onFree = resolve;
        });
      }
      if (this.stopped.signal.aborted) {
        counters.registers_cancelled = count - nth;
        break;
      }
      counters.registers_started++;
      this.inFlight++;
      void this.ask(nth, dueUs);
    }
    if (this.inFlight > 0)
      await new Promise<void>((resolve) => {
        this.onIdle = resolve;
      });
  }

  private async until(dueUs: number): Promise<void> {
    const waitMs = (dueUs - this.plan.clock.nowUs()) / 1e3;
    if (waitMs <= 0) return;
    // A request to stop ends the waiting.
    await sleep(waitMs, undefined, { signal: this.stopped.signal }).catch(() => {});
  }

  private async ask(nth: number, intendedUs: number): Promise<void> {
    const device = this.plan.device(nth);
    const productSecret = this.plan.productSecret(nth);
    const answer: Told = await this.way.ask({
      device,
      productSecret,
      intendedUs,
      signal: this.givenUp.signal,
    });
    const name = `${device.productKey}/${device.deviceName}`;
    if ('failure' in answer) this.tally.fail(answer.failure, name);
    else await this.keep(answer, intendedUs, name);
    this.inFlight--;
    this.onFree?.();
    this.onFree = undefined;
    if (this.inFlight === 0) this.onIdle?.();
  }

  private async keep(
    { row, heardUs, startUs, leave }: Grant,
    intendedUs: number,
    name: string,
  ): Promise<void> {
    const { counters, trends } = this.tally;
    try {
      await this.plan.keep(row);
      counters.registers_ok++;
      trends.register_latency.record(heardUs - intendedUs);
      trends.register_service.record(heardUs - startUs);
    } catch (error) {
      this.tally.fail({ phase: 'reply', kind: 'other', code: NOT_KEPT }, name);
      this.fault ??= error as FleetError;
      this.stop();
    }
    leave();
  }
}
