/** One run: opens the links, gives the start line, merges what the shards report, stops them. */
import { randomInt } from 'node:crypto';
import { balanceOf } from '../load/behaviour/telemetry/delivery/ledger.ts';
import type { FromShard } from '../load/protocol.ts';
import type { ShardAssignment } from '../load/shard.ts';
import type { Ledger } from '../metrics/ledger.ts';
import type { Snapshot } from '../metrics/snapshot.ts';
import { type Breach, breachOf } from '../metrics/threshold/threshold-watch.ts';
import { Totals } from '../metrics/totals.ts';
import type { Clock } from '../model/clock.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import { FleetError } from '../model/errors.ts';
import { isFlatOut } from '../model/pace.ts';
import type { Scenario, Target } from '../model/scenario.ts';
import type { LinkPool, ShardLink } from './link.ts';
import { LinkWatch } from './link-watch.ts';
import type { Plan } from './plan.ts';
import { rehearseMerging } from './rehearsal.ts';

export interface FleetRunRequest {
  scenario: Scenario;
  target: Target;
  devices: DeviceTable;
  plan: Plan;
  clock: Clock;
  openLinks(assignments: ShardAssignment[]): LinkPool;
  /** Called on every event worth a log line or a redraw. */
  onEvent(event: RunEvent): void;
}

export type RunEvent =
  | { type: 'ready'; shards: number }
  | { type: 'started'; epochMs: number }
  /** What a shard says, before anything is made of it. */
  | { type: 'message'; shard: number; message: FromShard }
  /** A snapshot has been merged. */
  | { type: 'progress'; totals: Totals; elapsedUs: number }
  | { type: 'stopping'; reason: string; ranForUs: number; breach?: Breach | undefined }
  | { type: 'lost'; shard: number; reason: string }
  /** Every shard is done or lost: the totals change no more. */
  | { type: 'ended'; totals: Totals };

export interface FleetRunResult {
  totals: Totals;
  /** Wall clock of the start line. */
  startedEpochMs: number;
  /** From the start line to the end of publishing, or to the stop that came before it. */
  durationUs: number;
  stopReason: string | undefined;
  /** The threshold that ended the run, where one did. */
  breach: Breach | undefined;
  lostShards: { shard: number; reason: string }[];
}

/** The shards are given this long after the last *ready* to set their timers before the start line. */
const LEAD_US = 100_000;

export class FleetRun {
  private readonly request: FleetRunRequest;
  private readonly totals: Totals;
  private readonly lost: FleetRunResult['lostShards'] = [];
  private readonly ledgers: Ledger[] = [];
  private links: ShardLink[] = [];
  private watch: LinkWatch | undefined;
  private readyShards = 0;
  private startUs = 0;
  private startedEpochMs = 0;
  /** `isLoss`: a shard was lost, nobody had asked for a stop before. */
  private stop: { reason: string; atUs: number; isLoss: boolean } | undefined;
  private breach: Breach | undefined;

  constructor(request: FleetRunRequest) {
    this.request = request;
    this.totals = new Totals(request.plan.segments.length, request.scenario.publish.some(isFlatOut));
  }

  /**
   * Resolves when every shard is done or lost. A shard lost before the start line is a fault of the harness, unless a stop had been
   * requested, which may come before this.
   */
  async run(): Promise<FleetRunResult> {
    await this.runLinks();
    this.totals.closeMessages(balanceOf(this.ledgers, this.request.plan.segments.length));
    if (this.startUs === 0) this.neverStarted();
    this.request.onEvent({ type: 'ended', totals: this.totals });
    return {
      totals: this.totals,
      startedEpochMs: this.startedEpochMs,
      durationUs: this.ranForUs(),
      stopReason: this.stop?.reason,
      breach: this.breach,
      lostShards: this.lost,
    };
  }

  /** Opens them, and waits until each has ended. */
  private async runLinks(): Promise<void> {
    const { scenario, target, devices, plan, clock, openLinks } = this.request;
    const run = randomInt(2 ** 32 - 1);
    const pool = openLinks(
      plan.segments.map((segment) => ({
        segment,
        scenario,
        target,
        devices: devices.shared,
        starts: plan.starts,
        durationUs: plan.durationUs,
        run,
      })),
    );
    this.links = pool.links;
    rehearseMerging();
    this.watch = new LinkWatch(pool.links, clock);
    if (this.stop) this.tellStop();
    try {
      await Promise.all(pool.links.map((link, shard) => this.follow(link, shard)));
    } finally {
      this.watch.close();
      await pool.destroy();
    }
  }

  /** Graceful: no new starts, drain, last snapshots. Later calls change nothing. */
  requestStop(reason: string): void {
    this.endEarly(reason, false);
  }

  private endEarly(reason: string, isLoss: boolean): void {
    if (this.stop) return;
    this.stop = { reason, atUs: this.request.clock.nowUs(), isLoss };
    // Before the start line nothing has run.
    const ranForUs = this.startUs === 0 ? 0 : this.ranForUs();
    this.request.onEvent({ type: 'stopping', reason, ranForUs, breach: this.breach });
    this.tellStop();
  }

  private tellStop(): void {
    for (const link of this.links) link.post({ type: 'stop' });
    this.watch?.stopping(this.request.scenario.gracefulStopUs);
    this.awaitEndBy(this.request.clock.nowUs());
  }

  private awaitEndBy(publishEndUs: number): void {
    this.watch?.awaitBy('end', publishEndUs + this.request.scenario.gracefulStopUs);
  }

  /** A stop may come before the start line as well as during the drain. */
  private ranForUs(): number {
    const { durationUs } = this.request.plan;
    return this.stop ? Math.min(durationUs, Math.max(0, this.stop.atUs - this.startUs)) : durationUs;
  }

  private neverStarted(): void {
    const [first] = this.lost;
    if (first && this.stop!.isLoss)
      throw new FleetError('worker-lost', `a worker ended before the start line: ${first.reason}`);
    this.startedEpochMs = Date.now();
    this.startUs = this.stop!.atUs;
  }

  private async follow(link: ShardLink, shard: number): Promise<void> {
    link.onMessage((message) => this.onMessage(shard, message));
    const reason = await link.ended;
    this.watch!.ended(shard);
    if (reason === undefined) {
      this.totals.timeline.finish(shard);
      return;
    }
    this.lost.push({ shard, reason });
    this.totals.lose(shard, this.request.plan.shares[shard]!);
    this.request.onEvent({ type: 'lost', shard, reason });
    // The rest of the fleet is no longer the load that was asked for.
    this.endEarly(`worker ${shard} was lost: ${reason}`, true);
  }

  private onMessage(shard: number, message: FromShard): void {
    this.request.onEvent({ type: 'message', shard, message });
    this.watch!.heard(shard);
    switch (message.type) {
      case 'ready':
        this.readyShards++;
        if (this.readyShards === this.links.length && !this.stop) this.giveStart();
        break;
      case 'snapshot':
        this.onSnapshot(shard, message.snapshot);
        break;
      case 'done':
        this.ledgers.push(message.ledger);
        break;
    }
  }

  private giveStart(): void {
    const { clock, onEvent } = this.request;
    this.startUs = clock.nowUs() + LEAD_US;
    this.startedEpochMs = Date.now() + LEAD_US / 1e3;
    this.awaitEndBy(this.startUs + this.request.plan.durationUs);
    onEvent({ type: 'ready', shards: this.links.length });
    for (const link of this.links) link.post({ type: 'start', startUs: this.startUs });
    onEvent({ type: 'started', epochMs: this.startedEpochMs });
  }

  private onSnapshot(shard: number, snapshot: Snapshot): void {
    const { rows } = this.totals.timeline;
    const closedRows = rows.length;
    this.totals.add(shard, snapshot);
    // Who is stopped before the start line reports as well.
    const elapsedUs = this.startUs === 0 ? 0 : this.request.clock.nowUs() - this.startUs;
    this.request.onEvent({ type: 'progress', totals: this.totals, elapsedUs });
    if (rows.length > closedRows) this.watchThresholds(rows.at(-1)!.toUs);
  }

  /** Once a second, when every shard has told of it: with a part of the fleet missing, rates would be too low. */
  private watchThresholds(elapsedUs: number): void {
    const { scenario, plan } = this.request;
    // The last second belongs to the verdict at the end.
    if (this.stop || elapsedUs >= plan.durationUs) return;
    this.breach = breachOf(scenario.thresholds, this.totals, elapsedUs, plan.connectUs);
    if (this.breach === undefined) return;
    const { metric, expression } = this.breach.result;
    this.requestStop(`threshold ${metric} ${expression} failed`);
  }
}
