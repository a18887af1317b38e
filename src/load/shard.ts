/** The running of one segment: all its virtual devices together, from the start line to the last snapshot. */
import type { Client } from '../client/connection.ts';
import { createClient } from '../client/create-client.ts';
import type { Clock } from '../clock.ts';
import { Recorder } from '../metrics/recorder.ts';
import { DeviceTable, type SharedDevices } from '../scenario/device-table.ts';
import { effectiveSubscriptions } from '../scenario/rules.ts';
import type { Scenario, Target } from '../scenario/scenario.ts';
import { compilePlans, compileSubscriptions, type DeviceContext } from './device-context.ts';
import type { Ledger } from './ledger.ts';
import { createPacer, type Pacer } from './pacer.ts';
import type { ShardPort } from './protocol.ts';
import { seededRandom } from './random.ts';
import { globalIndex, type Segment, shareOf } from './segment.ts';
import { VirtualDevice } from './virtual-device.ts';
import { VitalsSampler } from './vitals.ts';
import { Wheel, WheelTimer } from './wheel.ts';

/** What a shard needs to know; the devices are shared memory, the rest is plain data. */
export interface ShardAssignment {
  segment: Segment;
  scenario: Scenario;
  target: Target;
  devices: SharedDevices;
  /** Starts of the whole run: no more than it has devices. */
  starts: number;
  /** From the start line to the end of publishing. */
  durationUs: number;
  /** A number by which this run's messages are known on a broker that others use too. */
  run: number;
}

const SNAPSHOT_EVERY_US = 1_000_000;
/** Every device is looked at once a second, a fiftieth of them at a time: all at once would hold up the loop for 10 ms. */
const SWEEP_EVERY_US = 20_000;
const SWEEP_PARTS = SNAPSHOT_EVERY_US / SWEEP_EVERY_US;
/** How often a drain looks whether it is over, and how long closing sockets may take. */
const DRAIN_LOOK_US = 10_000;
const QUIET_US = 1_500_000;
const CLOSING_US = 2_000_000;

/** Resolves when everything is closed and the last snapshot has been posted. */
export function runShard(
  assignment: ShardAssignment,
  port: ShardPort,
  clock: Clock,
  client: Client = createClient(assignment.scenario),
): Promise<void> {
  return new Promise((resolve) => {
    const shard = new Shard(assignment, port, clock, client, resolve);
    port.onMessage((message) => {
      if (message.type === 'start') shard.start(message.startUs);
      else shard.drain();
    });
    port.post({ type: 'ready' });
  });
}

class Shard {
  private readonly assignment: ShardAssignment;
  private readonly port: ShardPort;
  private readonly clock: Clock;
  private readonly resolve: () => void;
  private readonly wheel: Wheel;
  private readonly recorder = new Recorder();
  private readonly vitals = new VitalsSampler();
  private readonly pacer: Pacer;
  private readonly starts: number;
  private readonly mostConnecting: number;
  private readonly context: DeviceContext;
  private readonly devices: VirtualDevice[] = [];
  private phase: 'waiting' | 'running' | 'draining' | 'closing' | 'done' = 'waiting';
  private startUs = 0;
  private nextStart = 0;
  private snapshotFromUs = 0;
  private second = -1;
  private phaseEndUs = 0;
  private drainedFromUs = 0;
  private readonly paceTimer = callback((nowUs) => this.pace(nowUs));
  private readonly snapshotTimer = callback((nowUs) => this.snapshot(nowUs));
  private readonly sweepTimer = callback((nowUs) => this.sweep(nowUs));
  private sweepPart = 0;
  private readonly phaseTimer = callback((nowUs) => this.look(nowUs));

  constructor(
    assignment: ShardAssignment,
    port: ShardPort,
    clock: Clock,
    client: Client,
    resolve: () => void,
  ) {
    const { segment, scenario, target, starts } = assignment;
    this.assignment = assignment;
    this.port = port;
    this.clock = clock;
    this.resolve = resolve;
    this.wheel = new Wheel(clock);
    this.pacer = createPacer(scenario.connect.stages);
    this.starts = shareOf(segment, starts);
    this.mostConnecting = shareOf(segment, scenario.connect.maxInFlight);
    const random = seededRandom(scenario.seed * 65_537 + segment.index);
    this.context = {
      scenario,
      target,
      devices: new DeviceTable(assignment.devices),
      client,
      clock,
      wheel: this.wheel,
      recorder: this.recorder,
      subscriptions: compileSubscriptions(effectiveSubscriptions(scenario)),
      plans: compilePlans(scenario.publish, random, assignment.run),
      random,
      run: assignment.run,
      publishEndUs: 0,
      load: { connecting: 0, open: 0, outstanding: 0, receivedUs: 0, closing: 0 },
    };
  }

  start(startUs: number): void {
    if (this.phase !== 'waiting') return;
    this.phase = 'running';
    this.startUs = this.snapshotFromUs = startUs;
    this.phaseEndUs = startUs + this.assignment.durationUs;
    this.context.publishEndUs = this.phaseEndUs;
    this.wheel.start();
    this.wheel.arm(this.snapshotTimer, startUs + SNAPSHOT_EVERY_US);
    this.wheel.arm(this.sweepTimer, startUs + SWEEP_EVERY_US);
    this.wheel.arm(this.phaseTimer, this.phaseEndUs);
    if (this.starts > 0) this.wheel.arm(this.paceTimer, this.dueUs(0));
  }

  /** No new starts, no new messages; what is under way has `gracefulStop` to finish. */
  drain(): void {
    if (this.phase === 'draining' || this.phase === 'closing' || this.phase === 'done') return;
    const nowUs = this.clock.nowUs();
    if (this.phase === 'waiting') this.startUs = this.snapshotFromUs = nowUs;
    this.wheel.start();
    this.phase = 'draining';
    this.drainedFromUs = nowUs;
    this.phaseEndUs = nowUs + this.assignment.scenario.gracefulStopUs;
    this.wheel.disarm(this.paceTimer);
    // A device that opens only now must not begin to publish.
    this.context.publishEndUs = nowUs;
    for (const device of this.devices) device.drain();
    const { counters } = this.recorder;
    counters.connects_scheduled += this.starts - this.nextStart;
    counters.connects_cancelled += this.starts - this.nextStart;
    this.look(nowUs);
  }

  private dueUs(nth: number): number {
    return this.startUs + this.pacer.dueUs(globalIndex(this.assignment.segment, nth));
  }

  private pace(nowUs: number): void {
    const { counters } = this.recorder;
    while (this.nextStart < this.starts) {
      const dueUs = this.dueUs(this.nextStart);
      if (dueUs > nowUs) {
        this.wheel.arm(this.paceTimer, dueUs);
        return;
      }
      const row = globalIndex(this.assignment.segment, this.nextStart++);
      counters.connects_scheduled++;
      if (this.context.load.connecting >= this.mostConnecting) counters.connects_dropped++;
      else this.devices.push(new VirtualDevice(this.context, row, dueUs));
    }
  }

  /** Is the phase over? */
  private look(nowUs: number): void {
    const { load } = this.context;
    switch (this.phase) {
      case 'running':
        this.drain();
        return;
      case 'draining':
        if (nowUs >= this.phaseEndUs || (load.outstanding === 0 && this.isQuiet(nowUs))) this.close(nowUs);
        break;
      case 'closing':
        if (load.closing === 0 || nowUs >= this.phaseEndUs) {
          this.finish(nowUs);
          return;
        }
        break;
      default:
        return;
    }
    this.wheel.arm(this.phaseTimer, nowUs + DRAIN_LOOK_US);
  }

  /** Nothing says how many messages between devices are still on their way: they have ended when none has come for a while. */
  private isQuiet(nowUs: number): boolean {
    const { subscriptions, plans, load } = this.context;
    const listens = subscriptions.length > 0 && plans.some(({ plan }) => plan.payload.kind === 'size');
    return !listens || nowUs - Math.max(load.receivedUs, this.drainedFromUs) >= QUIET_US;
  }

  private close(nowUs: number): void {
    // What follows is not measured: its own interval keeps it out of the run's rates, levels and vitals.
    this.post(nowUs);
    this.phase = 'closing';
    this.phaseEndUs = nowUs + CLOSING_US;
    for (const device of this.devices) device.close();
  }

  private finish(nowUs: number): void {
    this.phase = 'done';
    this.wheel.disarm(this.snapshotTimer);
    this.wheel.disarm(this.sweepTimer);
    this.post(nowUs);
    this.wheel.stop();
    this.vitals.stop();
    this.recorder.destroy();
    this.port.post({ type: 'done', ledger: this.ledger() });
    this.resolve();
  }

  /** Device n is of part n mod SWEEP_PARTS. */
  private sweep(nowUs: number): void {
    for (let index = this.sweepPart; index < this.devices.length; index += SWEEP_PARTS) {
      const device = this.devices[index]!;
      if (!device.over) device.tick(nowUs);
    }
    this.sweepPart = (this.sweepPart + 1) % SWEEP_PARTS;
    this.wheel.arm(this.sweepTimer, nowUs + SWEEP_EVERY_US);
  }

  private ledger(): Ledger {
    const sent: number[] = [];
    const received: number[] = [];
    for (const device of this.devices) device.report(sent, received);
    return { sent: Uint32Array.from(sent), received: Uint32Array.from(received) };
  }

  private snapshot(nowUs: number): void {
    this.post(nowUs);
    // The next whole second that is at least half a second away: a hold-up leaves seconds out rather than shifting all that follow.
    const seconds = Math.floor((nowUs - this.startUs) / SNAPSHOT_EVERY_US + 0.5) + 1;
    this.wheel.arm(this.snapshotTimer, this.startUs + seconds * SNAPSHOT_EVERY_US);
  }

  private post(nowUs: number): void {
    const fromUs = this.snapshotFromUs - this.startUs;
    // A stop may come before the start line.
    const toUs = Math.max(fromUs, nowUs - this.startUs);
    // From 2.002 s to 3.001 s is second 2; the intervals around the end are shorter, and no two may be the same second.
    this.second = Math.max(this.second + 1, Math.round(fromUs / SNAPSHOT_EVERY_US));
    const { load } = this.context;
    this.port.post({
      type: 'snapshot',
      snapshot: {
        second: this.second,
        fromUs,
        toUs,
        ...this.recorder.take(),
        open: load.open,
        closing: this.phase === 'closing' || this.phase === 'done',
        vitals: this.vitals.take(),
      },
    });
    this.snapshotFromUs = nowUs;
  }
}

function callback(fire: (nowUs: number) => void): WheelTimer {
  return new (class extends WheelTimer {
    fire(nowUs: number): void {
      fire(nowUs);
    }
  })();
}
