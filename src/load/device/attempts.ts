/** The attempts of one device to be connected: its first connect with its retries, then its returns. When each may start, and what it came to. */
import { Attempt } from '../../client/attempt.ts';
import type { DeviceContext } from './device-context.ts';
import { recordConnect, recordHandshake, recordReturn } from './outcomes.ts';
import { ReconnectSchedule } from './reconnect-schedule.ts';

export class Attempts {
  private readonly context: DeviceContext;
  /** When the next may start; undefined where no policy has one. */
  private readonly schedule: ReconnectSchedule | undefined = undefined;
  /** The attempt under way. */
  current: Attempt | undefined = undefined;
  /** Time since when the device should be connected, on the shard's clock (µs): when its first connect was due, then the loss of the connection. */
  private sinceUs: number;
  private hasBegun = false;
  /** Whether the device has been connected: what follows is a return, not a connect. */
  private wasOpen = false;

  /** `dueUs` is when the schedule said the first should start, on the shard's clock. */
  constructor(context: DeviceContext, dueUs: number) {
    const { connect, reconnect } = context.scenario;
    this.context = context;
    this.sinceUs = dueUs;
    const policy = connect.retry ?? reconnect;
    if (policy) this.schedule = new ReconnectSchedule(policy, context.random);
  }

  /** Starts at once. */
  begin(): Attempt {
    const { clock, load, recorder } = this.context;
    const { counters, trends } = recorder;
    const attempt = new Attempt(clock, this.sinceUs);
    if (this.hasBegun) {
      counters[this.wasOpen ? 'reconnects_started' : 'connects_retried']++;
    } else {
      counters.connects_started++;
      trends.connect_slip.record(Math.max(0, attempt.startUs - this.sinceUs));
    }
    this.hasBegun = true;
    this.current = attempt;
    load.connecting++;
    load.outstanding++;
    this.schedule?.started(attempt.startUs);
    return attempt;
  }

  /** The one under way has come to its end: its slot is free. */
  private ended(): void {
    const { load, slots, recorder } = this.context;
    recordHandshake(recorder, this.current!);
    this.current = undefined;
    load.connecting--;
    load.outstanding--;
    slots.freed();
  }

  /** Books the attempt that was accepted, `serviceUs` after its start. */
  opened(serviceUs: number): void {
    const { recorder, clock, scenario } = this.context;
    if (this.wasOpen) recordReturn(recorder, clock.nowUs() - this.sinceUs, this.schedule!.tries);
    else recordConnect(recorder, this.current!, serviceUs);
    this.wasOpen = true;
    this.ended();
    if (scenario.reconnect) this.schedule!.succeeded(scenario.reconnect);
  }

  failed(): void {
    this.ended();
    if (this.wasOpen) this.context.recorder.counters.reconnects_failed++;
  }

  /** The run was over before it came to an end of its own. */
  cancelled(): void {
    this.ended();
    if (!this.wasOpen) this.context.recorder.counters.connects_cancelled++;
  }

  /** The connection that they led to is gone. */
  lost(): void {
    this.sinceUs = this.context.clock.nowUs();
  }

  /** When the next may start, on the shard's clock (µs); undefined where there is none to come. */
  nextUs(): number | undefined {
    const { clock, scenario, publishEndUs } = this.context;
    const nowUs = clock.nowUs();
    const policy = this.wasOpen ? scenario.reconnect : scenario.connect.retry;
    return policy === undefined || nowUs >= publishEndUs ? undefined : this.schedule!.nextUs(nowUs);
  }

  /** To be called when there will be no other attempt: a first connect has failed with its last one. */
  givenUp(): void {
    if (!this.wasOpen) this.context.recorder.counters.connects_failed++;
  }
}
