/** What the coordinator and a shard say to each other: plain data, the same over a MessagePort as over anything else. */
import type { Snapshot } from '../metrics/snapshot.ts';
import type { Ledger } from './ledger.ts';

export type ToShard =
  /** The start line, on the shard's own monotonic clock. */
  | { type: 'start'; startUs: number }
  /** No new starts, drain, last snapshot. */
  | { type: 'stop' };

export type FromShard =
  /** Devices built, nothing opened yet. */
  | { type: 'ready' }
  | { type: 'snapshot'; snapshot: Snapshot }
  /** Everything is closed; the last snapshot has been sent. */
  | { type: 'done'; ledger: Ledger };

/** The shard's end of its link. */
export interface ShardPort {
  post(message: FromShard): void;
  onMessage(listener: (message: ToShard) => void): void;
}
