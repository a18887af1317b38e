/** What the coordinator and a shard say to each other: plain data, the same over a MessagePort as over anything else. */

import type { Ledger } from '../metrics/ledger.ts';
import type { Snapshot } from '../metrics/snapshot.ts';

/** One trial of a search, in figures of the whole fleet; each shard takes its share of them. */
export interface TrialOrder {
  /** To be reached: the shard opens what is missing and closes what is too much. */
  connections: number;
  connectsPerSec: number;
  /** Messages per second over those that the scenario's publish plans make; 0 for none. */
  publishFactor: number;
}

export type ToShard =
  /** The start line, on the shard's own monotonic clock. */
  | { type: 'start'; startUs: number }
  /** No new starts, drain, last snapshot. */
  | { type: 'stop' }
  /** Trial shards only: close what is too much for the trial, and say when it can begin. */
  | { type: 'prepare'; trial: TrialOrder }
  /** Trial shards only: the start line of the trial that was prepared. */
  | { type: 'begin'; startUs: number; durationUs: number };

export type FromShard =
  /** Given twice a second, whatever the shard does: rehearsing, resting, under load. `thread` is the system's number of its thread. */
  | { type: 'alive'; thread: number | undefined }
  /** Devices built, nothing opened yet. */
  | { type: 'ready' }
  | { type: 'snapshot'; snapshot: Snapshot }
  /** In `waitUs` its devices have rested; its connects then take `openingUs`. */
  | { type: 'prepared'; waitUs: number; openingUs: number }
  /** The trial's last snapshot has been sent. `open` are connected and subscribed; `peak` is the most that were open at once. */
  | { type: 'settled'; open: number; peak: number; ledger: Ledger }
  /** Everything is closed; the last snapshot has been sent. */
  | { type: 'done'; ledger: Ledger };

/** The shard's end of its link. */
export interface ShardPort {
  post(message: FromShard): void;
  onMessage(listener: (message: ToShard) => void): void;
}
