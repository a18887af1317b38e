/**
 * A fleet of shards, from the opening of its links to their end: has one trial after the other done, the connections that a trial leaves
 * being those of the next. A run is a fleet of one trial.
 */
import { randomInt } from 'node:crypto';
import type { AssignedDevices } from '../load/device/assigned-devices.ts';
import type { FromShard } from '../load/protocol.ts';
import type { Segment } from '../load/time/segment.ts';
import type { Snapshot } from '../metrics/snapshot.ts';
import { type Breach, breachOf } from '../metrics/threshold/threshold-watch.ts';
import type { Totals } from '../metrics/totals.ts';
import type { Clock } from '../model/clock.ts';
import { FleetError } from '../model/errors.ts';
import { sleepUs } from '../model/long-timer.ts';
import { isFlatOut } from '../model/pace.ts';
import type { Scenario, Target } from '../model/scenario.ts';
import type { OpenLinks } from './link.ts';
import { Links } from './links.ts';
import { RollCall } from './roll-call.ts';
import { LEAD_US, Trial, type TrialPlan, type TrialResult } from './trial.ts';

export interface FleetRequest {
  /** Scenario of every trial; its thresholds may end one. */
  scenario: Scenario;
  target: Target;
  devices: AssignedDevices;
  segments: Segment[];
  /** The most that will be open at once. */
  connections: number;
  /** `stop`: the others end the trial gracefully, and what was measured stays. `fail`: the trial is of no use, nor is any after it. */
  onLoss: 'stop' | 'fail';
  clock: Clock;
  openLinks: OpenLinks;
  /** Called on every event worth a log line or a redraw. */
  onEvent(event: RunEvent): void;
}

export type RunEvent =
  /** The trial begins later: devices that have connected lately must rest, or there is a pause between any two trials. */
  | { type: 'waiting'; us: number; reason: 'rest' | 'pause' }
  | { type: 'ready'; shards: number }
  | { type: 'started'; epochMs: number }
  /** What a shard says, before anything is made of it. */
  | { type: 'message'; shard: number; message: FromShard }
  /** A snapshot has been merged. */
  | { type: 'progress'; totals: Totals; elapsedUs: number }
  | { type: 'stopping'; reason: string; ranForUs: number; breach?: Breach | undefined }
  | { type: 'lost'; shard: number; reason: string }
  /** Every shard has settled or is lost: the totals change no more. */
  | { type: 'ended'; totals: Totals };

export class Fleet {
  private readonly request: FleetRequest;
  private readonly links: Links;
  private readonly allReady: RollCall<true>;
  private trial: Trial | undefined;
  private hasRun = false;
  /** `isLoss`: a shard was lost, nobody had asked for a stop before. */
  private stopped: { reason: string; atUs: number; isLoss: boolean } | undefined;
  private breach: Breach | undefined;
  /** What is aborted by whatever ends a trial before its time: there is no waiting any more, and no start line. */
  private readonly cut = new AbortController();
  private fault: FleetError | undefined;

  /** Begins to open the links. */
  constructor(request: FleetRequest) {
    const { segments, scenario, target, devices, connections, clock, openLinks } = request;
    this.request = request;
    this.allReady = new RollCall(segments.length);
    const basis = { scenario, target, connections, run: randomInt(2 ** 32 - 1) };
    const assignments = segments.map((segment) => ({ segment, ...basis }));
    this.links = new Links(() => openLinks(assignments, devices), clock, {
      onMessage: (shard, message) => this.onMessage(shard, message),
      onLost: (shard, reason) => this.onLost(shard, reason),
    });
  }

  /** Resolves when every shard is ready; with false if the fleet was stopped before. Throws `worker-lost`, as `run` does. */
  async ready(): Promise<boolean> {
    return (await this.unlessEnded(this.allReady.answers)) !== undefined;
  }

  /** A run: its only trial, and all shards have ended. A stop may have been requested before. */
  async runOnce(plan: TrialPlan): Promise<TrialResult> {
    try {
      return (await this.run(plan))!;
    } finally {
      await this.close();
    }
  }

  /**
   * What a trial came to; undefined if it was given up. Where a loss only stops it, one before the start line is a fault of the harness all
   * the same, unless a stop had been requested.
   */
  async run(plan: TrialPlan): Promise<TrialResult | undefined> {
    const { segments, scenario, onEvent } = this.request;
    const trial = new Trial(plan, segments, scenario.publish.some(isFlatOut));
    this.trial = trial;
    await this.links.opened;
    const begun = this.links.isClosing ? this.links.ended : this.begin(trial);
    if (this.stopped) this.tellStop();
    const settled = begun.then(() => trial.settled.answers);
    const answers = await this.unlessEnded(Promise.race([trial.settled.answers, settled]));
    if (answers === undefined) return undefined;
    const measure = trial.measure(answers, this.stopped?.atUs);
    const { lostShards } = trial;
    if (trial.startUs === 0) {
      const [first] = lostShards;
      if (first && this.stopped!.isLoss)
        throw new FleetError('worker-lost', `a worker ended before the start line: ${first.reason}`);
      measure.startedEpochMs = Date.now();
    }
    onEvent({ type: 'ended', totals: trial.totals });
    return { ...measure, stopReason: this.stopped?.reason, breach: this.breach, lostShards };
  }

  /** The answers; undefined where all shards end before, as they are told to where a trial is given up. */
  private async unlessEnded<Answer>(answers: Promise<Answer>): Promise<Answer | undefined> {
    const ended = this.links.ended.then(() => (this.links.isClosing ? undefined : answers));
    const given = await Promise.race([answers, ended]);
    if (this.fault) throw this.fault;
    return given;
  }

  /** What lies between the order and the start line, which is not given where the trial was ended before. */
  private async begin(trial: Trial): Promise<void> {
    const { segments, clock, scenario, onEvent } = this.request;
    const { holdUs: _, pauseUs, ...order } = trial.plan;
    const orderedUs = clock.nowUs();
    this.links.post({ type: 'prepare', order });
    await this.allReady.answers;
    if (!this.cut.signal.aborted) this.links.awaitBy('answer', clock.nowUs());
    const prepared = await trial.prepared.answers;
    const restUs = most(prepared.map(({ waitUs }) => waitUs));
    const restOfPauseUs = this.hasRun ? orderedUs + pauseUs - clock.nowUs() : 0;
    this.hasRun = true;
    await this.wait(Math.max(restUs, restOfPauseUs) - LEAD_US, restUs > restOfPauseUs ? 'rest' : 'pause');
    if (this.cut.signal.aborted) return;
    trial.start(clock.nowUs(), most(prepared.map(({ openingUs }) => openingUs)));
    const { startUs, durationUs, startedEpochMs } = trial;
    const drainUs = scenario.gracefulStopUs + (order.awaitAttempts ? scenario.connect.timeoutUs : 0);
    this.links.awaitBy('end', startUs + durationUs + drainUs);
    onEvent({ type: 'ready', shards: segments.length });
    this.links.post({ type: 'begin', startUs, durationUs });
    onEvent({ type: 'started', epochMs: startedEpochMs });
  }

  private async wait(us: number, reason: 'rest' | 'pause'): Promise<void> {
    if (us <= 0 || this.cut.signal.aborted) return;
    this.request.onEvent({ type: 'waiting', us, reason });
    await sleepUs(us, this.cut.signal);
  }

  /** Graceful: the trial ends early, with no new starts, a drain and last snapshots. Later calls change nothing. */
  requestStop(reason: string): void {
    this.endEarly(reason, false);
  }

  private endEarly(reason: string, isLoss: boolean): void {
    if (this.stopped) return;
    const atUs = this.request.clock.nowUs();
    this.stopped = { reason, atUs, isLoss };
    this.cut.abort();
    const ranForUs = this.trial?.ranForUs(atUs) ?? 0;
    this.request.onEvent({ type: 'stopping', reason, ranForUs, breach: this.breach });
    this.tellStop();
  }

  private tellStop(): void {
    this.links.tellStop(true, this.request.scenario.gracefulStopUs);
  }

  /** Gives up what is under way, at once. */
  stop(): void {
    this.cut.abort();
    this.links.stop();
  }

  /** Closes every connection; resolves when all shards have ended. */
  async close(): Promise<void> {
    this.stop();
    await this.links.close();
  }

  /** Stops it; what is under way, and whatever is asked for later, rejects with the fault. */
  fail(fault: FleetError): void {
    if (this.links.isClosing) return;
    this.fault = fault;
    this.stop();
  }

  private onMessage(shard: number, message: FromShard): void {
    this.request.onEvent({ type: 'message', shard, message });
    switch (message.type) {
      case 'ready':
        this.allReady.answer(shard, true);
        break;
      case 'prepared':
        this.trial?.prepared.answer(shard, message);
        break;
      case 'snapshot':
        if (this.trial) this.onSnapshot(this.trial, shard, message.snapshot);
        break;
      case 'settled':
        this.trial?.hasSettled(shard, message);
        break;
    }
  }

  private onSnapshot(trial: Trial, shard: number, snapshot: Snapshot): void {
    const { totals, startUs } = trial;
    const { seconds } = totals.timeline;
    const closedRows = seconds.length;
    totals.add(shard, snapshot);
    // Who is stopped before the start line reports as well.
    const elapsedUs = startUs === 0 ? 0 : this.request.clock.nowUs() - startUs;
    this.request.onEvent({ type: 'progress', totals, elapsedUs });
    if (seconds.length > closedRows) this.watchThresholds(trial, seconds.at(-1)!.toUs);
  }

  /** Once a second, when every shard has told of it: with a part of the fleet missing, rates would be too low. */
  private watchThresholds({ totals, connectUs, durationUs }: Trial, elapsedUs: number): void {
    // The last second belongs to the verdict at the end.
    if (this.stopped || elapsedUs >= durationUs) return;
    this.breach = breachOf(this.request.scenario.thresholds, totals, elapsedUs, connectUs);
    if (this.breach === undefined) return;
    const { metric, expression } = this.breach.result;
    this.requestStop(`threshold ${metric} ${expression} failed`);
  }

  private onLost(shard: number, reason: string): void {
    const lost = `worker ${shard} was lost: ${reason}`;
    if (this.request.onLoss === 'fail') {
      this.fail(new FleetError('worker-lost', lost));
      return;
    }
    this.allReady.excuse(shard);
    this.trial?.hasLost(shard, reason);
    this.request.onEvent({ type: 'lost', shard, reason });
    // The rest of the fleet is no longer the load that was asked for.
    this.endEarly(lost, true);
  }
}

function most(values: number[]): number {
  return values.reduce((highest, value) => Math.max(highest, value), 0);
}
