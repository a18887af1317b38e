/** A fleet that is steered trial by trial: the links stay open, and with them the connections that a trial leaves for the next. */
import { randomInt } from 'node:crypto';
import { balanceOf } from '../load/behaviour/telemetry/delivery/ledger.ts';
import type { FromShard, ToShard, TrialOrder } from '../load/protocol.ts';
import type { Segment } from '../load/time/segment.ts';
import type { TrialAssignment } from '../load/trial-shard.ts';
import { Totals } from '../metrics/totals.ts';
import type { Clock } from '../model/clock.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import { FleetError } from '../model/errors.ts';
import { sleepUs } from '../model/long-timer.ts';
import { isFlatOut } from '../model/pace.ts';
import type { Scenario, Target } from '../model/scenario.ts';
import type { LinkPool } from './link.ts';
import { LinkWatch } from './link-watch.ts';
import { rehearseMerging } from './rehearsal.ts';

export interface TrialFleetRequest {
  scenario: Scenario;
  target: Target;
  devices: DeviceTable;
  segments: Segment[];
  trials: TrialAssignment['trials'];
  clock: Clock;
  openLinks(assignments: TrialAssignment[]): LinkPool;
  /** A snapshot of the trial under way has been merged. */
  onProgress(totals: Totals): void;
  /** The trial that was asked for begins later, and why. */
  onWait(wait: TrialWait): void;
}

/** `rest`: devices that have connected lately must rest. `pause`: between any two trials. */
export interface TrialWait {
  us: number;
  reason: 'rest' | 'pause';
}

export interface TrialPlan extends TrialOrder {
  /** From the last connect that is due to the end of the messages. */
  holdUs: number;
  /** At least so long between the trial before, if there was one, and this one. */
  pauseUs: number;
}

export interface TrialMeasure {
  totals: Totals;
  startedEpochMs: number;
  /** When the last connect was due, from the start line on. */
  connectUs: number;
  durationUs: number;
  /** Connected and subscribed at the end. */
  open: number;
  /** The most that were open at once. */
  peak: number;
}

/** The shards are given this long to set their timers before the start line. */
const LEAD_US = 100_000;

type Answer<Type extends FromShard['type']> = Extract<FromShard, { type: Type }>;

/** What is awaited of every shard; one answer from each. */
interface Round {
  type: FromShard['type'];
  answers: (FromShard | undefined)[];
  resolve(answers: FromShard[] | undefined): void;
  reject(error: FleetError): void;
}

export class TrialFleet {
  private readonly request: TrialFleetRequest;
  private readonly pool: LinkPool;
  private readonly watch: LinkWatch;
  private readonly ended: Promise<unknown>;
  private readonly allReady: Promise<unknown>;
  private stopped = false;
  private hasRun = false;
  private endWait: () => void = () => {};
  private totals: Totals;
  private round: Round | undefined;
  private lost: FleetError | undefined;

  /** Opens the links. */
  constructor(request: TrialFleetRequest) {
    const { segments, scenario, target, devices, trials, clock, openLinks } = request;
    this.request = request;
    this.totals = this.emptyTotals();
    const run = randomInt(2 ** 32 - 1);
    const basis = { scenario, target, devices: devices.shared, run, trials };
    this.pool = openLinks(segments.map((segment) => ({ ...basis, segment })));
    rehearseMerging();
    const { links } = this.pool;
    this.watch = new LinkWatch(links, clock);
    for (const [shard, link] of links.entries()) link.onMessage((message) => this.onMessage(shard, message));
    this.ended = Promise.all(links.map(async (link, shard) => this.onEnd(shard, await link.ended)));
    // Asked before any shard can have answered.
    this.allReady = this.askAll('ready', undefined);
    this.allReady.catch(() => {});
  }

  private emptyTotals(): Totals {
    const { segments, scenario } = this.request;
    return new Totals(segments.length, scenario.publish.some(isFlatOut));
  }

  /** Resolves when every shard is ready; with false if it was stopped before. Throws `worker-lost`, as `run` does. */
  async ready(): Promise<boolean> {
    return (await this.allReady) !== undefined;
  }

  /** Undefined if it was stopped. */
  async run(plan: TrialPlan): Promise<TrialMeasure | undefined> {
    const { clock, scenario } = this.request;
    const { connections, connectsPerSec, publishFactor, holdUs, pauseUs } = plan;
    const preparedUs = clock.nowUs();
    const trial = { connections, connectsPerSec, publishFactor };
    const prepared = await this.askAll('prepared', { type: 'prepare', trial }, 0);
    if (prepared === undefined) return undefined;
    const connectUs = most(prepared.map(({ openingUs }) => openingUs));
    const restUs = most(prepared.map((answer) => answer.waitUs));
    const restOfPauseUs = this.hasRun ? preparedUs + pauseUs - clock.nowUs() : 0;
    this.hasRun = true;
    await this.wait(Math.max(restUs, restOfPauseUs) - LEAD_US, restUs > restOfPauseUs ? 'rest' : 'pause');

    this.totals = this.emptyTotals();
    const durationUs = connectUs + holdUs;
    const startedEpochMs = Date.now() + LEAD_US / 1e3;
    const drainUs = scenario.gracefulStopUs + scenario.connect.timeoutUs;
    const mostUs = LEAD_US + durationUs + drainUs;
    const startUs = clock.nowUs() + LEAD_US;
    const settled = await this.askAll('settled', { type: 'begin', startUs, durationUs }, mostUs);
    if (settled === undefined) return undefined;
    settled.forEach((_, shard) => {
      this.totals.timeline.finish(shard);
    });
    const ledgers = settled.map(({ ledger }) => ledger);
    this.totals.closeMessages(balanceOf(ledgers));
    const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
    return {
      totals: this.totals,
      startedEpochMs,
      connectUs,
      durationUs,
      open: sum(settled.map(({ open }) => open)),
      peak: sum(settled.map(({ peak }) => peak)),
    };
  }

  /** What is under way is given up: its promise resolves with undefined. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.endWait();
    for (const link of this.pool.links) link.post({ type: 'stop' });
    // Nothing is drained: what is under way is given up.
    this.watch.stopping(0);
    this.watch.awaitBy('end', this.request.clock.nowUs());
    this.round?.resolve(undefined);
    this.round = undefined;
  }

  /** Closes every connection; resolves when all shards have ended. */
  async close(): Promise<void> {
    this.stop();
    try {
      await this.ended;
    } finally {
      this.watch.close();
      await this.pool.destroy();
    }
  }

  /** What is under way, and whatever is asked for later, rejects with the fault. */
  fail(fault: FleetError): void {
    if (this.stopped) return;
    this.lost ??= fault;
    this.endWait();
    this.round?.reject(this.lost);
    this.round = undefined;
  }

  /** `mostUs` is what the answers may take; undefined where nobody knows. */
  private async askAll<Type extends FromShard['type']>(
    type: Type,
    question: ToShard | undefined,
    mostUs?: number,
  ): Promise<Answer<Type>[] | undefined> {
    if (this.lost) throw this.lost;
    if (this.stopped) return undefined;
    const { links } = this.pool;
    if (mostUs !== undefined) this.watch.awaitBy('answer', this.request.clock.nowUs() + mostUs);
    const answers = new Promise<FromShard[] | undefined>((resolve, reject) => {
      this.round = { type, answers: links.map(() => undefined), resolve, reject };
    });
    if (question) for (const link of links) link.post(question);
    // A round takes no answers but those of its own type.
    return (await answers) as Answer<Type>[] | undefined;
  }

  /** A stop or a loss cuts it short; the question that follows will say so. */
  private async wait(us: number, reason: TrialWait['reason']): Promise<void> {
    if (us <= 0 || this.stopped || this.lost) return;
    this.request.onWait({ us, reason });
    const cut = new AbortController();
    this.endWait = () => cut.abort();
    await sleepUs(us, cut.signal);
  }

  private onMessage(shard: number, message: FromShard): void {
    this.watch.heard(shard);
    if (message.type === 'snapshot') {
      this.totals.add(shard, message.snapshot);
      this.request.onProgress(this.totals);
      return;
    }
    const { round } = this;
    if (round?.type !== message.type) return;
    round.answers[shard] = message;
    this.watch.settled(shard);
    const answers = round.answers.filter((answer) => answer !== undefined);
    if (answers.length < round.answers.length) return;
    this.round = undefined;
    round.resolve(answers);
  }

  private onEnd(shard: number, reason: string | undefined): void {
    this.watch.ended(shard);
    this.fail(new FleetError('worker-lost', `worker ${shard} was lost: ${reason ?? 'it ended by itself'}`));
  }
}

function most(values: number[]): number {
  return values.reduce((highest, value) => Math.max(highest, value), 0);
}
