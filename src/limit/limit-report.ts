/** The content of limit.json: what a limit search found, and the trials it found it by. Everything shown of a search is a function of it. */
import type { FailureCount } from '../metrics/snapshot.ts';
import type { ScenarioFacts, Summary } from '../metrics/summary.ts';

export const LIMIT_SCHEMA_VERSION = 1;

export const LIMIT_KINDS = ['connections', 'connect-rate', 'message-rate'] as const;
export type LimitOf = (typeof LIMIT_KINDS)[number];

export interface LimitReport {
  schemaVersion: typeof LIMIT_SCHEMA_VERSION;
  tool: Summary['tool'];
  scenario: ScenarioFacts;
  of: LimitOf;
  /** Of the values: connections, connects/s, messages/s. */
  unit: string;
  goal: LimitGoalFacts;
  /** Aborted or partial (a worker was lost), the bounds are those so far. */
  outcome: Summary['outcome'] & { by: 'signal' | 'budget' | 'target' | null };
  startedAt: string;
  durationMs: number;
  environment: Summary['environment'];
  /** The highest value that held; 0 where none did. */
  lower: number;
  /** The lowest that did not; null where none failed by the target's doing. */
  upper: number | null;
  limiter: Limiter;
  /** What else was seen on the way, in words. */
  notes: string[];
  trials: LimitTrial[];
}

/** What "holds" means, and how far the search goes. */
export interface LimitGoalFacts {
  /** Share of what was asked for, 0 to 1. */
  maxFailures: number;
  maxP99Ms: number | null;
  /** Expressions of the scenario that count too. */
  thresholds: string[];
  holdMs: number;
  max: number;
  resolution: number;
  rampPerSec: number | null;
}

export interface Limiter {
  side: 'broker' | 'network' | 'generator' | 'none';
  /** `quota by count`, `quota by rate`, `timeout`, `EMFILE`, … */
  kind: string;
  /** Where it set in, in the unit of the values. */
  value: number | null;
  /** What the far side or the system said: `CONNACK 3`, `closed at accept`, `EMFILE`. */
  said: string | null;
  /** What it means and what to do, in plain words. */
  hint: string;
}

/** What spoiled a trial: something of the generator's own, or that not one device gets in, for what they are or whatever (`refused`). */
export type Spoiler = 'EMFILE' | 'EADDRNOTAVAIL' | 'CPU' | 'slip' | 'dropped starts' | 'refused';

export interface LimitTrial {
  value: number;
  /** Connects per second on the way to `value`; absent where that is the value itself. */
  rampPerSec?: number;
  verdict: 'held' | 'failed' | 'spoiled';
  /** In words; empty where it held. */
  reasons: string[];
  spoiledBy: Spoiler | null;
  /** Failed, and the generator was not quite punctual. */
  doubtful?: boolean;
  /** Would be spoiled again. */
  final?: boolean;
  /** How much got through, in the unit of the value. */
  carried: number;
  /** Share of what was asked for that got through, 0 to 1. */
  success: number;
  /** The trend that the goal bounds; null where the trial measured none. */
  latency: { metric: string; p50Ms: number; p99Ms: number } | null;
  /** Connections open at once, at most. */
  peak: number;
  failures: (FailureCount & { hint: string })[];
  generator: Summary['health']['verdict'];
  startedAt: string;
  durationMs: number;
}
