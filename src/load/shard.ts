/** The running of one segment: all its virtual devices together, from the start line to the last snapshot. */
import type { Client } from '../client/connection.ts';
import { createClient } from '../client/create-client.ts';
import type { Clock } from '../model/clock.ts';
import { createContext, type DeviceContext, type ShardBasis } from './device/device-context.ts';
import { Fleet } from './devices.ts';
import { CLOSING_US, DRAIN_LOOK_US, Drain } from './drain.ts';
import type { ShardPort } from './protocol.ts';
import { SnapshotSeries } from './snapshot-series.ts';
import { createPacer } from './time/pacer.ts';
import { globalIndex, shareOf } from './time/segment.ts';
import { Starts } from './time/starts.ts';
import { wheelTimer } from './time/wheel.ts';

export interface ShardAssignment extends ShardBasis {
  /** Starts of the whole run: no more than it has devices. */
  starts: number;
  /** From the start line to the end of publishing. */
  durationUs: number;
}

/** Resolves when everything is closed and the last snapshot has been posted. */
export function runShard(
  assignment: ShardAssignment,
  port: ShardPort,
  clock: Clock,
  client: Client = createClient(assignment.scenario),
): Promise<void> {
  return new Promise((resolve) => {
    const shard = new Shard(assignment, port, createContext(assignment, clock, client), resolve);
    port.onMessage((message) => {
      if (message.type === 'start') shard.start(message.startUs);
      else if (message.type === 'stop') shard.drain();
    });
    port.post({ type: 'ready' });
  });
}

class Shard {
  private readonly assignment: ShardAssignment;
  private readonly port: ShardPort;
  private readonly context: DeviceContext;
  private readonly resolve: () => void;
  private readonly fleet: Fleet;
  private readonly starts: Starts;
  private readonly snapshots: SnapshotSeries;
  private phase: 'waiting' | 'running' | 'draining' | 'closing' | 'done' = 'waiting';
  private startUs = 0;
  private drained: Drain | undefined;
  private closedByUs = 0;
  private readonly phaseTimer = wheelTimer((nowUs) => this.look(nowUs));

  constructor(assignment: ShardAssignment, port: ShardPort, context: DeviceContext, resolve: () => void) {
    const { segment, scenario, starts } = assignment;
    this.assignment = assignment;
    this.port = port;
    this.context = context;
    this.resolve = resolve;
    this.fleet = new Fleet(context);
    const pacer = createPacer(scenario.connect.stages);
    this.starts = new Starts(context, {
      count: shareOf(segment, starts),
      dueUs: (nth) => this.startUs + pacer.dueUs(globalIndex(segment, nth)),
      start: (nth, dueUs) => this.fleet.start(globalIndex(segment, nth), dueUs),
    });
    this.snapshots = new SnapshotSeries(context, (snapshot) => port.post({ type: 'snapshot', snapshot }));
  }

  start(startUs: number): void {
    if (this.phase !== 'waiting') return;
    const { wheel } = this.context;
    const endUs = startUs + this.assignment.durationUs;
    this.phase = 'running';
    this.startUs = startUs;
    this.context.stagger = { startUs, devices: this.assignment.starts };
    this.context.publishEndUs = endUs;
    wheel.start();
    this.snapshots.start(startUs);
    this.fleet.watch(startUs);
    wheel.arm(this.phaseTimer, endUs);
    this.starts.begin();
  }

  /** No new starts, no new messages; what is under way has `gracefulStop` to finish. */
  drain(): void {
    if (this.phase === 'draining' || this.phase === 'closing' || this.phase === 'done') return;
    const { clock, wheel, scenario } = this.context;
    const nowUs = clock.nowUs();
    if (this.phase === 'waiting') this.snapshots.start(nowUs);
    wheel.start();
    this.phase = 'draining';
    this.drained = new Drain(this.context, this.fleet, nowUs, scenario.gracefulStopUs);
    this.starts.end();
    // A device that opens only now must not begin to publish.
    this.context.publishEndUs = nowUs;
    this.fleet.drain();
    this.look(nowUs);
  }

  /** Is the phase over? */
  private look(nowUs: number): void {
    const { load, wheel } = this.context;
    switch (this.phase) {
      case 'running':
        this.drain();
        return;
      case 'draining':
        if (this.drained!.isOver(nowUs)) this.close(nowUs);
        break;
      case 'closing':
        if (load.closing === 0 || nowUs >= this.closedByUs) {
          this.finish(nowUs);
          return;
        }
        break;
      default:
        return;
    }
    wheel.arm(this.phaseTimer, nowUs + DRAIN_LOOK_US);
  }

  private close(nowUs: number): void {
    // What follows is not measured: its own interval keeps it out of the run's rates, levels and vitals.
    this.snapshots.cut(nowUs);
    this.snapshots.closing = true;
    this.phase = 'closing';
    this.closedByUs = nowUs + CLOSING_US;
    this.fleet.close();
  }

  private finish(nowUs: number): void {
    this.phase = 'done';
    this.fleet.unwatch();
    this.snapshots.end(nowUs);
    this.context.wheel.stop();
    this.snapshots.destroy();
    this.port.post({ type: 'done', ledger: this.fleet.ledger() });
    this.resolve();
  }
}
