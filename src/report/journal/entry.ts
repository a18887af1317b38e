/**
 * What stands in a journal, one entry a line: what the shards said, as they said it, and what the coordinator knew. No figure that is made
 * of these: whoever replays them merges them as the run did.
 */

import type { SeenByStandIn } from '../../metrics/health/stand-in-report.ts';
import type { Ledger } from '../../metrics/ledger.ts';
import type { Snapshot } from '../../metrics/snapshot.ts';
import type { ScenarioFacts, Summary } from '../../metrics/summary.ts';
import type { Breach } from '../../metrics/threshold/threshold-watch.ts';
import type { Threshold } from '../../model/scenario.ts';

export const JOURNAL_VERSION = 1;

/** The first line: all that is known before anything is opened. It holds no secret. */
export interface JournalHead {
  type: 'head';
  journalVersion: typeof JOURNAL_VERSION;
  tool: Summary['tool'];
  /** Name of the run, of this one alone. */
  run: string;
  openedEpochMs: number;
  scenario: ScenarioFacts;
  /** The scenario's text, as scenario.yaml has it. */
  asRun: string;
  plan: JournalPlan;
  /** Whether some messages have no pace. */
  isFlatOut: boolean;
  /** Lost connections are tried again, first connects are not. */
  connectsOnce: boolean;
  /** Platform whose words explain the failures; of journals from before there were several, the first platform's. */
  platform?: string;
  /** And how its devices signed in; absent likewise. */
  method?: string;
  thresholds: Threshold[];
  environment: Summary['environment'];
}

interface JournalPlan {
  /** Starts of each shard. */
  shares: number[];
  /** When the last connect is due, after the start line (µs). */
  connectUs: number;
  /** Time from the start line to the end of publishing (µs). */
  durationUs: number;
}

export type JournalEntry =
  /** The address that the stand-in has got. */
  | { type: 'aimed'; target: string }
  /** The start line has been given. */
  | { type: 'started'; epochMs: number }
  /** `sequence` counts the snapshots of this shard, from 0. */
  | { type: 'snapshot'; shard: number; sequence: number; snapshot: Snapshot }
  /** The shard has closed its books. */
  | { type: 'done'; shard: number; ledger: Ledger }
  | { type: 'lost'; shard: number; reason: string }
  /** `ranForUs`: from the start line to this stop. */
  | { type: 'stopping'; reason: string; ranForUs: number; breach?: Breach | undefined }
  /** Nothing more could be written. */
  | { type: 'cut'; reason: string }
  /** The run is over; what was said of it at its end. */
  | {
      type: 'ended';
      outcome: Summary['outcome'];
      startedEpochMs: number;
      durationUs: number;
      observed?: SeenByStandIn | undefined;
    };
