/** One trial of a fleet: what its shards answered and reported, merged; who was lost; and what came of it. A run is one trial. */
import { balanceOf } from '../load/behaviour/telemetry/delivery/ledger.ts';
import type { FromShard, TrialOrder } from '../load/protocol.ts';
import { type Segment, shareOf } from '../load/time/segment.ts';
import type { Breach } from '../metrics/threshold/threshold-watch.ts';
import { Totals } from '../metrics/totals.ts';
import { RollCall } from './roll-call.ts';

/** Time that the shards are given to set their timers before the start line (µs). */
export const LEAD_US = 100_000;

export interface TrialPlan extends TrialOrder {
  /** Time from the last connect that is due to the end of the messages (µs). */
  holdUs: number;
  /** Least time between the trial before, if there was one, and this one (µs). */
  pauseUs: number;
}

export interface TrialMeasure {
  totals: Totals;
  /** Wall clock of the start line. */
  startedEpochMs: number;
  /** When the last connect was due, after the start line (µs). */
  connectUs: number;
  /** Time from the start line to the end of the messages, or to the stop that came before it (µs). */
  durationUs: number;
  /** Devices connected and subscribed at the end. */
  open: number;
  /** Most connections that were open at once. */
  peak: number;
}

export interface LostShard {
  shard: number;
  reason: string;
}

/** How a trial ended that ran, as far as it came, for its own sake: a run. */
export interface TrialResult extends TrialMeasure {
  stopReason: string | undefined;
  /** The threshold that ended it, where one did. */
  breach: Breach | undefined;
  lostShards: LostShard[];
}

type ShardAnswer<Type extends FromShard['type']> = Extract<FromShard, { type: Type }>;

export class Trial {
  readonly plan: TrialPlan;
  readonly totals: Totals;
  readonly prepared: RollCall<ShardAnswer<'prepared'>>;
  readonly settled: RollCall<ShardAnswer<'settled'>>;
  readonly lostShards: LostShard[] = [];
  /** 0 until the start line is given, as the three that follow. */
  startUs = 0;
  startedEpochMs = 0;
  connectUs = 0;
  durationUs = 0;
  private readonly segments: Segment[];

  /** `isFlatOut`: some messages have no pace. */
  constructor(plan: TrialPlan, segments: Segment[], isFlatOut: boolean) {
    this.plan = plan;
    this.segments = segments;
    this.totals = new Totals(segments.length, isFlatOut);
    this.prepared = new RollCall(segments.length);
    this.settled = new RollCall(segments.length);
  }

  /** Gives the start line, `LEAD_US` from now. */
  start(nowUs: number, connectUs: number): void {
    this.startUs = nowUs + LEAD_US;
    this.startedEpochMs = Date.now() + LEAD_US / 1e3;
    this.connectUs = connectUs;
    this.durationUs = connectUs + this.plan.holdUs;
  }

  hasSettled(shard: number, answer: ShardAnswer<'settled'>): void {
    this.totals.timeline.finish(shard);
    this.settled.answer(shard, answer);
  }

  hasLost(shard: number, reason: string): void {
    this.lostShards.push({ shard, reason });
    this.totals.lose(shard, shareOf(this.segments[shard]!, this.plan.connections));
    this.prepared.excuse(shard);
    this.settled.excuse(shard);
  }

  /** How long it has run (µs), or had by the stop: zero before the start line; a stop may come during the drain as well. */
  ranForUs(stoppedUs: number | undefined): number {
    if (stoppedUs === undefined || this.startUs === 0) return this.durationUs;
    return Math.min(this.durationUs, Math.max(0, stoppedUs - this.startUs));
  }

  /** Closes the books: all have settled or are lost. */
  measure(answers: ShardAnswer<'settled'>[], stoppedUs: number | undefined): TrialMeasure {
    const { totals, startedEpochMs, connectUs, segments } = this;
    const ledgers = answers.map(({ ledger }) => ledger);
    totals.closeMessages(balanceOf(ledgers, segments.length));
    const sum = (of: (answer: ShardAnswer<'settled'>) => number): number =>
      answers.reduce((total, answer) => total + of(answer), 0);
    return {
      totals,
      startedEpochMs,
      connectUs,
      durationUs: this.ranForUs(stoppedUs),
      open: sum(({ open }) => open),
      peak: sum(({ peak }) => peak),
    };
  }
}
