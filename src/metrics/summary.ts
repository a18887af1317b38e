/** The result of a run, built once from the merged data. Every report and every threshold is a function of it. */
import {
  type Counter,
  RATE_TRENDS,
  type RateTrend,
  TIME_TRENDS,
  type TimeTrend,
} from '../model/metrics/metric-names.ts';
import type { Threshold } from '../model/scenario.ts';
import { msFromUs } from '../model/units.ts';
import { imbalances } from './books.ts';
import { type Health, healthOf, type WorkerVitals, workerVitals } from './health/health.ts';
import type { ShortageSetting } from './health/shortage.ts';
import { compareWithStandIn, type SeenByStandIn, type StandInReport } from './health/stand-in-report.ts';
import { type HistogramStats, statsInMs } from './histogram/histogram.ts';
import { measuredOf } from './measured.ts';
import { type Recovery, recoveryOf } from './recovery.ts';
import type { FailureCount } from './snapshot.ts';
import { judgeThresholds, type ThresholdResult } from './threshold/threshold.ts';
import type { Breach } from './threshold/threshold-watch.ts';
import type { TimelineSecond } from './timeline.ts';
import type { Totals } from './totals.ts';

export const SUMMARY_SCHEMA_VERSION = 1;

/** The content of summary.json. Times are in milliseconds with µs precision, throughput trends in units per second. */
export interface Summary {
  schemaVersion: typeof SUMMARY_SCHEMA_VERSION;
  tool: { name: string; version: string };
  scenario: ScenarioFacts;
  outcome: { state: 'completed' | 'aborted' | 'partial'; reason: string | null };
  startedAt: string;
  durationMs: number;
  environment: Record<string, string | number>;
  counters: Record<Counter, number>;
  connectionsOpen: { min: number; max: number } | null;
  /** How the fleet came back; null where nothing was to. */
  recovery: Recovery | null;
  trends: Record<TimeTrend | RateTrend, HistogramStats | null>;
  failures: (FailureCount & { hint: string })[];
  windows: SecondFacts[];
  thresholds: ThresholdResult[];
  health: Health;
  /** What does not add up in the harness's own counts; empty when all does. */
  imbalances: string[];
  /** What the stand-in counted; null for any other target. */
  standIn: StandInReport | null;
  /** What went wrong beside the run and is in none of its figures; absent where nothing did. */
  warnings?: string[] | undefined;
  /** Why `messages_lost` is not all that may have been lost; absent where it is. */
  lossUnknown?: string | undefined;
}

/** What a reader must know to compare two runs. */
export interface ScenarioFacts {
  name: string;
  target: string;
  devices: number;
  client: string;
  protocol: string;
  signmethod: string;
  workers: number;
}

export interface SecondFacts {
  second: number;
  fromMs: number;
  toMs: number;
  counters: TimelineSecond['counters'];
  /** Whether it was after the run, while its connections were being closed. */
  closing: boolean;
  open: number;
  trends: TimelineSecond['trends'];
  /** Vitals by worker; null for one that was lost, or left the second out. */
  workers: (WorkerVitals | null)[];
}

export interface SummaryRequest {
  totals: Totals;
  tool: Summary['tool'];
  scenario: ScenarioFacts;
  outcome: Summary['outcome'];
  startedEpochMs: number;
  durationUs: number;
  /** Time when the last connect was due: the level of open connections is judged from there. */
  connectUs: number;
  environment: Summary['environment'];
  thresholds: Threshold[];
  /** Threshold that ended the run before its time, where one did. */
  breach?: Breach | undefined;
  hintOf(failure: FailureCount): string;
  observed: SeenByStandIn | undefined;
  warnings?: string[] | undefined;
}

export function buildSummary(request: SummaryRequest): Summary {
  const { totals, durationUs } = request;
  const { seconds } = totals.timeline;
  const measured = measuredOf(totals, durationUs, request.connectUs);
  const { histogram, open } = measured;
  const thresholds = judgeThresholds(request.thresholds, measured);
  if (request.breach) thresholds[request.breach.index] = { ...request.breach.result, abortedRun: true };
  return {
    schemaVersion: SUMMARY_SCHEMA_VERSION,
    tool: request.tool,
    scenario: request.scenario,
    outcome: request.outcome,
    startedAt: new Date(request.startedEpochMs).toISOString(),
    durationMs: msFromUs(durationUs),
    environment: request.environment,
    counters: { ...totals.counters },
    connectionsOpen: open ?? null,
    recovery: recoveryOf(totals),
    trends: Object.fromEntries([
      ...TIME_TRENDS.map((name) => [name, statsInMs(histogram(name)?.stats() ?? null)]),
      ...RATE_TRENDS.map((name) => [name, rounded(histogram(name)?.stats() ?? null)]),
    ]),
    failures: totals.failures.map((failure) => ({ ...failure, hint: request.hintOf(failure) })),
    windows: seconds.map(secondFacts),
    thresholds,
    health: healthOf(totals, settingOf(request)),
    imbalances: imbalances(totals.counters),
    standIn: request.observed ? compareWithStandIn(totals.counters, request.observed) : null,
    ...doubtsOf(request),
  };
}

/** Warnings, and why the loss is not known: what is to be said beside the figures. */
function doubtsOf({ totals, warnings = [] }: SummaryRequest): Pick<Summary, 'warnings' | 'lossUnknown'> {
  const { lossUnknown, counters } = totals;
  const isAsked = totals.histogram('message_latency') !== undefined || counters.messages_lost > 0;
  if (lossUnknown === undefined || !isAsked) return warnings.length > 0 ? { warnings } : {};
  return { warnings: [...warnings, `messages_lost is not known: ${lossUnknown}`], lossUnknown };
}

function settingOf({ environment, scenario, observed }: SummaryRequest): ShortageSetting {
  const { cores } = environment;
  return {
    ...(typeof cores === 'number' ? { cores } : {}),
    client: scenario.client,
    sharesMachine: observed !== undefined,
  };
}

function secondFacts({
  second,
  fromUs,
  toUs,
  closing,
  counters,
  open,
  trends,
  vitals,
}: TimelineSecond): SecondFacts {
  const trendsMs = Object.fromEntries(
    Object.entries(trends).map(([name, { count, p50, p99, max }]) => [
      name,
      { count, p50: msFromUs(p50), p99: msFromUs(p99), max: msFromUs(max) },
    ]),
  );
  return {
    second,
    fromMs: msFromUs(fromUs),
    toMs: msFromUs(toUs),
    closing,
    counters,
    open,
    trends: trendsMs,
    workers: vitals.map((each) => each && workerVitals(each)),
  };
}

function rounded(stats: HistogramStats | null): HistogramStats | null {
  if (stats === null) return null;
  const entries = Object.entries(stats).map(([name, value]) => [name, Math.round(value * 1e3) / 1e3]);
  return Object.fromEntries(entries) as unknown as HistogramStats;
}
