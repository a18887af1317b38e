/**
 * The running of one segment, trial by trial: all its virtual devices together are told a load to reach, say when they can begin, begin at a
 * start line, report, and settle. A run is one trial; a search keeps its connections from each trial for the next.
 */
import type { Client } from '../client/connection.ts';
import type { Clock } from '../model/clock.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import type { Login } from '../platform/login.ts';
import { createBehaviours } from './behaviour/behaviours.ts';
import { createContext, type DeviceContext } from './device/device-context.ts';
import { Devices } from './devices.ts';
import { CLOSING_US, DRAIN_LOOK_US, Drain } from './drain.ts';
import { Lineup } from './lineup.ts';
import type { ShardAssignment, ShardPort, TrialOrder } from './protocol.ts';
import { SnapshotSeries } from './snapshot-series.ts';
import { shareOf } from './time/segment.ts';
import { Starts } from './time/starts.ts';
import { wheelTimer } from './time/wheel.ts';

/** Resolves when it was told to stop and everything is closed. `login` as of `loginContext`. */
export function runShard(
  assignment: ShardAssignment,
  devices: DeviceTable,
  port: ShardPort,
  clock: Clock,
  client: Client,
  login?: Login,
): Promise<void> {
  return new Promise((resolve) => {
    const context = createContext(assignment, devices, clock, client, login);
    const shard = new Shard(assignment, port, context, resolve);
    // Its order may be waiting already.
    port.post({ type: 'ready' });
    port.onMessage((message) => {
      if (message.type === 'prepare') shard.prepare(message.order);
      else if (message.type === 'begin') shard.begin(message.startUs, message.durationUs);
      else if (message.graceful) shard.endTrial();
      else shard.stop();
    });
  });
}

type Phase =
  | 'idle'
  | 'clearing'
  | 'prepared'
  | 'starting'
  | 'running'
  | 'draining'
  | 'settling'
  | 'stopping'
  | 'done';

class Shard {
  private readonly assignment: ShardAssignment;
  private readonly port: ShardPort;
  private readonly context: DeviceContext;
  private readonly resolve: () => void;
  private readonly devices: Devices;
  private readonly lineup: Lineup;
  private readonly snapshots: SnapshotSeries;
  private phase: Phase = 'idle';
  /** Trials so far: the messages of each are known by a number of its own. */
  private trials = 0;
  private order!: TrialOrder;
  private starts: Starts | undefined;
  private startUs = 0;
  private drained: Drain | undefined;
  private closedByUs = 0;
  private peak = 0;
  private readonly phaseTimer = wheelTimer((nowUs) => this.look(nowUs));

  constructor(assignment: ShardAssignment, port: ShardPort, context: DeviceContext, resolve: () => void) {
    this.assignment = assignment;
    this.port = port;
    this.context = context;
    this.resolve = resolve;
    this.devices = new Devices(context);
    this.lineup = new Lineup(assignment, context.devices.count);
    this.snapshots = new SnapshotSeries(context, (snapshot) => port.post({ type: 'snapshot', snapshot }));
    context.wheel.start();
  }

  prepare(order: TrialOrder): void {
    if (this.phase !== 'idle') return;
    const { context, assignment } = this;
    const run = (assignment.run + this.trials++) % 2 ** 32;
    this.order = order;
    context.stayUs = order.stayUs;
    context.behaviours = createBehaviours(context, context.scenario, run, order.publishFactor);
    this.devices.closeLatest(context.load.open - shareOf(assignment.segment, order.connections));
    this.awaitClosing('clearing');
  }

  /** The trial that was prepared; its messages end after `durationUs`. */
  begin(startUs: number, durationUs: number): void {
    if (this.phase !== 'prepared') return;
    this.phase = 'starting';
    this.startUs = startUs;
    this.context.stagger = { startUs, devices: this.order.connections };
    this.context.publishEndUs = startUs + durationUs;
    this.peak = this.context.load.open;
    // What happened since the last trial is of neither.
    this.snapshots.forget();
    this.snapshots.start(startUs);
    this.devices.watch(startUs);
    this.starts!.begin();
    // Armed after the first start it fires before it, should both be due together.
    this.context.wheel.arm(this.phaseTimer, startUs);
  }

  /** Ends the trial before its time: no new starts, no new messages; what is under way has `gracefulStop` to finish. */
  endTrial(): void {
    const nowUs = this.context.clock.nowUs();
    if (this.phase === 'clearing') this.prepared(nowUs);
    if (this.phase === 'prepared') this.snapshots.start(nowUs);
    else if (this.phase !== 'starting' && this.phase !== 'running') return;
    this.drain(nowUs);
  }

  /** Closes everything at once: what a trial under way has found so far is of no use. */
  stop(): void {
    if (this.phase === 'stopping' || this.phase === 'done') return;
    const { clock, load } = this.context;
    const nowUs = clock.nowUs();
    // Those that were told to close before have had their time for it, or have the rest of it.
    if (load.open + load.connecting > 0) this.closedByUs = nowUs + CLOSING_US;
    this.starts?.end();
    this.devices.drain();
    this.devices.close();
    this.phase = 'stopping';
    this.look(nowUs);
  }

  private awaitClosing(phase: Phase): void {
    const nowUs = this.context.clock.nowUs();
    this.phase = phase;
    this.closedByUs = nowUs + CLOSING_US;
    this.look(nowUs);
  }

  private look(nowUs: number): void {
    if (this.isOver(nowUs)) this.next(nowUs);
    else this.context.wheel.arm(this.phaseTimer, nowUs + DRAIN_LOOK_US);
  }

  /** Whether the phase is over. Those that last until a set time are looked at only then. */
  private isOver(nowUs: number): boolean {
    const { load } = this.context;
    switch (this.phase) {
      case 'clearing':
      case 'settling':
      case 'stopping':
        return load.closing === 0 || nowUs >= this.closedByUs;
      case 'draining':
        return (!this.order.awaitAttempts || load.connecting === 0) && this.drained!.isOver(nowUs);
      default:
        return true;
    }
  }

  private next(nowUs: number): void {
    switch (this.phase) {
      case 'clearing':
        this.prepared(nowUs);
        break;
      case 'starting':
        this.phase = 'running';
        this.devices.renew();
        this.context.wheel.arm(this.phaseTimer, this.context.publishEndUs);
        break;
      case 'running':
        this.drain(nowUs);
        break;
      case 'draining':
        this.settle(nowUs);
        break;
      case 'settling':
        this.settled(nowUs);
        break;
      case 'stopping':
        this.finish();
        break;
      default:
    }
  }

  private prepared(nowUs: number): void {
    const released = this.devices.release();
    const { count, row, afterUs, waitUs } = this.lineup.turn(
      this.order,
      this.context.load.open,
      released,
      nowUs,
    );
    this.starts = new Starts(this.context, {
      count,
      dueUs: (nth) => this.startUs + afterUs(nth),
      start: (nth, dueUs) => this.start(row(nth), dueUs),
    });
    this.phase = 'prepared';
    this.port.post({ type: 'prepared', waitUs, openingUs: count > 0 ? afterUs(count - 1) : 0 });
  }

  private start(row: number, dueUs: number): void {
    const { clock, load } = this.context;
    this.lineup.started(row, clock.nowUs());
    this.devices.start(row, dueUs);
    this.peak = Math.max(this.peak, load.open);
  }

  private drain(nowUs: number): void {
    this.phase = 'draining';
    this.drained = new Drain(this.context, this.devices, nowUs, this.context.scenario.gracefulStopUs);
    this.starts!.end();
    // A device that opens only now must not begin to publish.
    this.context.publishEndUs = nowUs;
    this.devices.drain();
    this.look(nowUs);
  }

  private settle(nowUs: number): void {
    const { closeAtEnd } = this.order;
    this.peak = Math.max(this.peak, this.context.load.open);
    if (!closeAtEnd) this.devices.settle();
    // What follows is not measured: its own interval keeps it out of the run's rates, levels and vitals.
    this.snapshots.cut(nowUs);
    this.snapshots.closing = true;
    if (closeAtEnd) this.devices.close();
    this.awaitClosing('settling');
  }

  private settled(nowUs: number): void {
    this.phase = 'idle';
    this.snapshots.end(nowUs);
    const { open } = this.context.load;
    this.port.post({ type: 'settled', open, peak: this.peak, ledger: this.devices.ledger() });
  }

  private finish(): void {
    this.phase = 'done';
    this.devices.unwatch();
    this.context.wheel.stop();
    this.snapshots.destroy();
    this.port.post({ type: 'done' });
    this.resolve();
  }
}
