/** A limit search from its first trial to its report: asks the search rule, has the fleet do the trial, judges it, and so on. */

import type { Fleet } from '../coordinator/fleet.ts';
import type { TrialMeasure, TrialPlan } from '../coordinator/trial.ts';
import type { FailureCount } from '../metrics/snapshot.ts';
import { buildSummary, type ScenarioFacts, type Summary } from '../metrics/summary.ts';
import type { Totals } from '../metrics/totals.ts';
import type { Clock } from '../model/clock.ts';
import { FleetError } from '../model/errors.ts';
import { LongTimer } from '../model/long-timer.ts';
import type { Threshold } from '../model/scenario.ts';
import { KIND, type LimitSetting, type TrialLoad } from './limit-kind.ts';
import {
  LIMIT_SCHEMA_VERSION,
  type LimitGoalFacts,
  type LimitOf,
  type LimitReport,
  type LimitTrial,
} from './limit-report.ts';
import { boundsOf, nextStep, type SearchGoal } from './limit-search.ts';
import { type Found, limiterOf, notesOn } from './limiter.ts';
import { hasCause, judgesTrials } from './trial-thresholds.ts';
import { judgeTrial, type TrialGoal } from './trial-verdict.ts';

export interface LimitRequest {
  of: LimitOf;
  setting: LimitSetting;
  search: SearchGoal;
  goal: TrialGoal;
  thresholds: Threshold[];
  goalFacts: LimitGoalFacts;
  /** Connects per second on the way to a trial's fleet. */
  rampPerSec: number;
  /** Least time between two trials (µs). */
  pauseUs: number;
  /** Least time between two connects of one device (µs). */
  restUs: number;
  budgetUs: number;
  clock: Clock;
  fleet: Pick<Fleet, 'ready' | 'stop' | 'close'> & {
    run(plan: TrialPlan): Promise<TrialMeasure | undefined>;
  };
  machine: Found['machine'];
  facts: { tool: Summary['tool']; scenario: ScenarioFacts; environment: Summary['environment'] };
  hintOf(failure: FailureCount): string;
  /** A trial begins, the pause and the rest of its devices included. */
  onStep(value: number, nth: number): void;
  onTrial(trial: LimitTrial, nth: number): void;
}

export class LimitRun {
  private readonly request: LimitRequest;
  private readonly trials: LimitTrial[] = [];
  private outcome: LimitReport['outcome'] = { state: 'completed', reason: null, by: null };
  /** Connected and subscribed after the last trial. */
  private open = 0;

  constructor(request: LimitRequest) {
    this.request = request;
  }

  /** Closes the fleet. A worker or the stand-in lost before the first trial has been measured is a fault. */
  async run(): Promise<LimitReport> {
    const startedMs = Date.now();
    const startedUs = this.request.clock.nowUs();
    const { fleet, budgetUs } = this.request;
    const budget = new LongTimer(budgetUs, () => this.stop('the budget is used up', 'budget'));
    try {
      if (await fleet.ready()) await this.search();
    } catch (error) {
      if (!isLoss(error) || this.trials.length === 0) throw error;
      this.outcome = { state: 'partial', reason: error.message, by: null };
    } finally {
      budget.cancel();
      await fleet.close();
    }
    return this.report(startedMs, this.request.clock.nowUs() - startedUs);
  }

  /** The trial under way is given up; the bounds so far are the result. */
  stop(reason: string, by: LimitReport['outcome']['by']): void {
    if (this.outcome.state === 'completed') this.outcome = { state: 'aborted', reason, by };
    this.request.fleet.stop();
  }

  private async search(): Promise<void> {
    for (;;) {
      const step = nextStep(this.request.search, this.trials);
      if (step.type === 'result') return;
      this.request.onStep(step.value, this.trials.length + 1);
      const measure = await this.measure(step.value, step.rampPerSec);
      if (measure === undefined) return;
      const trial = this.judge(step.value, step.rampPerSec, measure);
      this.trials.push(trial);
      this.request.onTrial(trial, this.trials.length);
      if (trial.spoiledBy === 'refused') {
        this.outcome = { state: 'aborted', reason: 'devices do not get in', by: 'target' };
        return;
      }
    }
  }

  /** What came of a trial; undefined if it was stopped. */
  private async measure(value: number, rampPerSec: number | undefined): Promise<TrialMeasure | undefined> {
    const { of, setting, fleet } = this.request;
    const kind = KIND[of];
    const load = kind.plan(value, rampPerSec ?? this.request.rampPerSec, setting);
    if (kind.needsFleet && this.open < load.connections) {
      const connected = await fleet.run(this.planOf({ ...load, publishFactor: 0, holdUs: 0 }));
      if (connected === undefined) return undefined;
      if (connected.open < load.connections) {
        const { open } = connected;
        this.outcome = {
          state: 'aborted',
          by: 'target',
          reason: `only ${open} of ${load.connections} devices could be connected; search --of connections first`,
        };
        return undefined;
      }
    }
    const measure = await fleet.run(this.planOf(load));
    this.open = measure?.open ?? 0;
    return measure;
  }

  private planOf({ connectsPerSec, ...load }: TrialLoad): TrialPlan {
    const { of, pauseUs, restUs } = this.request;
    const { churns } = KIND[of];
    return {
      ...load,
      starts: { perSec: connectsPerSec, restUs },
      ...(churns ? { stayUs: 0 } : {}),
      // In which phase an attempt times out names the limit.
      awaitAttempts: true,
      closeAtEnd: churns,
      pauseUs,
    };
  }

  private judge(value: number, rampPerSec: number | undefined, measure: TrialMeasure): LimitTrial {
    const { of, goal } = this.request;
    return judgeTrial({ kind: KIND[of], goal, value, rampPerSec, measure, summary: this.summaryOf(measure) });
  }

  private summaryOf({ totals, startedEpochMs, connectUs, durationUs, peak }: TrialMeasure): Summary {
    const { thresholds, facts, hintOf } = this.request;
    const heard = totals.histogram('message_latency')?.count ?? 0;
    const counted = { counters: totals.counters, open: { max: peak }, heard };
    return buildSummary({
      ...facts,
      totals,
      outcome: { state: 'completed', reason: null },
      startedEpochMs,
      durationUs,
      connectUs,
      thresholds: thresholds.filter(
        (threshold) => judgesTrials(threshold) && hasCause(threshold, counted) && isKnown(threshold, totals),
      ),
      hintOf,
      observed: undefined,
    });
  }

  private report(startedMs: number, durationUs: number): LimitReport {
    const { of, search, goalFacts, machine, facts } = this.request;
    const { unit } = KIND[of];
    const bounds = boundsOf(this.trials);
    return {
      schemaVersion: LIMIT_SCHEMA_VERSION,
      ...facts,
      of,
      unit,
      goal: goalFacts,
      outcome: this.outcome,
      startedAt: new Date(startedMs).toISOString(),
      durationMs: Math.round(durationUs / 1e3),
      lower: bounds.lower,
      upper: bounds.upper,
      limiter: limiterOf({ of, unit, bounds, max: search.max, trials: this.trials, machine }),
      notes: notesOn(this.trials),
      trials: this.trials,
    };
  }
}

function isLoss(error: unknown): error is FleetError {
  return error instanceof FleetError && (error.code === 'worker-lost' || error.code === 'stand-in-lost');
}

/** Members of shared subscriptions that come and go with a trial take with them what is known of its losses. */
function isKnown({ metric }: Threshold, { lossUnknown }: Totals): boolean {
  return metric !== 'messages_lost' || lossUnknown === undefined;
}
