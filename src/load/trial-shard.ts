/**
 * A shard that is steered trial by trial: it is told a load to reach, says when it can begin, begins at a start line, reports, and keeps
 * its connections for the next trial.
 */
import type { Client } from '../client/connection.ts';
import { createClient } from '../client/create-client.ts';
import type { Clock } from '../model/clock.ts';
import { createBehaviours } from './behaviour/behaviours.ts';
import { createContext, type DeviceContext, type ShardBasis } from './device/device-context.ts';
import { Fleet } from './devices.ts';
import { CLOSING_US, DRAIN_LOOK_US, Drain } from './drain.ts';
import type { ShardPort, TrialOrder } from './protocol.ts';
import { Roster } from './roster.ts';
import { SnapshotSeries } from './snapshot-series.ts';
import { shareOf } from './time/segment.ts';
import { Starts } from './time/starts.ts';
import { wheelTimer } from './time/wheel.ts';

export interface TrialAssignment extends ShardBasis {
  trials: {
    /** Between two connects of one device. */
    restUs: number;
    /** How long a device stays connected once it is ready; for good when absent. */
    stayUs?: number;
  };
}

/** Resolves when it was told to stop and everything is closed. */
export function runTrialShard(
  assignment: TrialAssignment,
  port: ShardPort,
  clock: Clock,
  client: Client = createClient(assignment.scenario),
): Promise<void> {
  return new Promise((resolve) => {
    // A failed connect and a lost connection are outcomes of their trial: nobody tries again by himself.
    const { connect } = assignment.scenario;
    const scenario = {
      ...assignment.scenario,
      reconnect: undefined,
      connect: { ...connect, retry: undefined },
    };
    const context = createContext({ ...assignment, scenario }, clock, client);
    const shard = new TrialShard(assignment, port, context, resolve);
    port.onMessage((message) => {
      if (message.type === 'prepare') shard.prepare(message.trial);
      else if (message.type === 'begin') shard.begin(message.startUs, message.durationUs);
      else if (message.type === 'stop') shard.stop();
    });
    port.post({ type: 'ready' });
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

class TrialShard {
  private readonly assignment: TrialAssignment;
  private readonly port: ShardPort;
  private readonly context: DeviceContext;
  private readonly resolve: () => void;
  private readonly fleet: Fleet;
  private readonly roster: Roster;
  private readonly snapshots: SnapshotSeries;
  private phase: Phase = 'idle';
  /** Trials so far: the messages of each are known by a number of its own. */
  private trials = 0;
  private order: TrialOrder | undefined;
  private starts: Starts | undefined;
  private startUs = 0;
  private drained: Drain | undefined;
  private closedByUs = 0;
  private peak = 0;
  private readonly phaseTimer = wheelTimer((nowUs) => this.look(nowUs));

  constructor(assignment: TrialAssignment, port: ShardPort, context: DeviceContext, resolve: () => void) {
    const { segment, trials } = assignment;
    this.assignment = assignment;
    this.port = port;
    this.context = context;
    this.resolve = resolve;
    context.stayUs = trials.stayUs;
    this.fleet = new Fleet(context);
    this.roster = new Roster(segment, context.devices.count, trials.restUs);
    this.snapshots = new SnapshotSeries(context, (snapshot) => port.post({ type: 'snapshot', snapshot }));
    context.wheel.start();
  }

  prepare(order: TrialOrder): void {
    if (this.phase !== 'idle') return;
    this.order = order;
    this.plan(order.publishFactor);
    this.fleet.closeLatest(this.context.load.open - this.share(order.connections));
    this.awaitClosing('clearing');
  }

  /** The trial that was prepared; its messages end after `durationUs`. */
  begin(startUs: number, durationUs: number): void {
    if (this.phase !== 'prepared') return;
    this.phase = 'starting';
    this.startUs = startUs;
    this.context.stagger = { startUs, devices: this.order!.connections };
    this.context.publishEndUs = startUs + durationUs;
    this.peak = this.context.load.open;
    // What happened since the last trial is of neither.
    this.snapshots.forget();
    this.snapshots.start(startUs);
    this.fleet.watch(startUs);
    this.starts!.begin();
    this.context.wheel.arm(this.phaseTimer, startUs);
  }

  /** At once: what a trial under way has found so far is of no use. */
  stop(): void {
    if (this.phase === 'stopping' || this.phase === 'done') return;
    this.starts?.end();
    this.fleet.drain();
    this.fleet.close();
    this.awaitClosing('stopping');
  }

  private share(total: number): number {
    return shareOf(this.assignment.segment, total);
  }

  /** What the devices send in it: the scenario's messages, faster or slower. */
  private plan(publishFactor: number): void {
    this.trials++;
    const run = (this.assignment.run + this.trials) % 2 ** 32;
    this.context.behaviours = createBehaviours(this.context, this.context.scenario, run, publishFactor);
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

  /** Is the phase over? Those that last until a set time are looked at only then. */
  private isOver(nowUs: number): boolean {
    switch (this.phase) {
      case 'clearing':
      case 'settling':
      case 'stopping':
        return this.context.load.closing === 0 || nowUs >= this.closedByUs;
      case 'draining':
        // Every attempt comes to its own end: in which phase one timed out names the limit.
        return this.context.load.connecting === 0 && this.drained!.isOver(nowUs);
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
        this.fleet.renew();
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

  /** Decides which devices the trial will connect. */
  private prepared(nowUs: number): void {
    const { load } = this.context;
    const { connections, connectsPerSec } = this.order!;
    for (const row of this.fleet.release()) this.roster.ended(row);
    const missing = this.share(connections) - load.open;
    const { rows, afterUs, waitUs } = this.roster.nextTurn(missing, connectsPerSec, nowUs);
    this.starts = new Starts(this.context, {
      count: rows.length,
      dueUs: (nth) => this.startUs + afterUs[nth]!,
      start: (nth, dueUs) => this.start(rows[nth]!, dueUs),
    });
    this.phase = 'prepared';
    this.port.post({ type: 'prepared', waitUs, openingUs: afterUs.at(-1) ?? 0 });
  }

  private start(row: number, dueUs: number): void {
    const { clock, load } = this.context;
    this.roster.started(row, clock.nowUs());
    this.fleet.start(row, dueUs);
    this.peak = Math.max(this.peak, load.open);
  }

  private drain(nowUs: number): void {
    this.phase = 'draining';
    this.drained = new Drain(this.context, this.fleet, nowUs, this.context.scenario.gracefulStopUs);
    this.starts!.end();
    this.fleet.drain();
    this.look(nowUs);
  }

  private settle(nowUs: number): void {
    this.peak = Math.max(this.peak, this.context.load.open);
    this.fleet.settle();
    // What follows is not measured, as in a run.
    this.snapshots.cut(nowUs);
    this.snapshots.closing = true;
    if (this.context.stayUs !== undefined) this.fleet.close();
    this.awaitClosing('settling');
  }

  private settled(nowUs: number): void {
    this.phase = 'idle';
    this.snapshots.end(nowUs);
    this.port.post({
      type: 'settled',
      open: this.context.load.open,
      peak: this.peak,
      ledger: this.fleet.ledger(),
    });
  }

  private finish(): void {
    this.phase = 'done';
    this.fleet.unwatch();
    this.context.wheel.stop();
    this.snapshots.destroy();
    this.port.post({ type: 'done', ledger: this.fleet.ledger() });
    this.resolve();
  }
}
