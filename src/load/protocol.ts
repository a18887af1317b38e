/** What the coordinator and a shard say to each other: plain data, the same over a MessagePort as over anything else. */

import type { Ledger } from '../metrics/ledger.ts';
import type { Snapshot } from '../metrics/snapshot.ts';
import type { Scenario, Target } from '../model/scenario.ts';
import type { Segment } from './time/segment.ts';

/** Version of all that stands in this file: higher with each change of it. Who speaks another one is not talked to. */
export const PROTOCOL_VERSION = 1;

/** What a shard must know before its first trial. Its devices come beside it, in a way of their own (device/assigned-devices). */
export interface ShardAssignment {
  segment: Segment;
  scenario: Scenario;
  target: Target;
  /** The most that the whole fleet will have open at once. */
  connections: number;
  /** A number by which this fleet's messages are known on a broker that others use too. */
  run: number;
}

/** One trial, in figures of the whole fleet; each shard takes its share of them. A run is one trial. */
export interface TrialOrder {
  /**
   * `stages`: start k is device k's, when the scenario's stages say. A rate: those that have rested longest come first, `restUs` lies
   * between two connects of one device.
   */
  starts: 'stages' | { perSec: number; restUs: number };
  /** Connections to be reached: the shard opens what is missing and closes what is too much. */
  connections: number;
  /** Messages per second over those that the scenario's publish plans make; 0 for none. */
  publishFactor: number;
  /** How long a device stays connected once it is ready (µs); to the end when absent. */
  stayUs?: number;
  /** What connects when the drain is over may come to its own end, so that the phase in which it times out is known; else it is cancelled. */
  awaitAttempts: boolean;
  /** Connections are closed when the trial is over, rather than kept for the next. */
  closeAtEnd: boolean;
}

/** A run is one trial: each device starts when the stages say, sends what the scenario says, and goes at the end. */
export function orderOfRun(connections: number): TrialOrder {
  return { starts: 'stages', connections, publishFactor: 1, awaitAttempts: false, closeAtEnd: true };
}

export type ToShard =
  /** Close what is too much for the trial, and say when it can begin. */
  | { type: 'prepare'; order: TrialOrder }
  /** The start line of the trial that was prepared, on the shard's own monotonic clock; its messages end `durationUs` later. */
  | { type: 'begin'; startUs: number; durationUs: number }
  /** Graceful: the trial comes to its end early, with a drain, and is settled. Otherwise everything is closed at once, and the shard is done. */
  | { type: 'stop'; graceful: boolean };

export type FromShard =
  /** The first message. `clockUs`: what its monotonic clock says; `thread`: the system's number of its thread, where that tells anything. */
  | { type: 'hello'; protocol: number; clockUs: number; thread: number | undefined }
  /** A sign of life, twice a second whatever the shard does: rehearsing, resting, under load. */
  | { type: 'alive' }
  /** Devices built, nothing opened yet. */
  | { type: 'ready' }
  /** The order was taken: in `waitUs` its devices have rested; its connects then take `openingUs`. */
  | { type: 'prepared'; waitUs: number; openingUs: number }
  | { type: 'snapshot'; snapshot: Snapshot }
  /** The trial's last snapshot has been sent. `open` are connected and subscribed; `peak` is the most that were open at once. */
  | { type: 'settled'; open: number; peak: number; ledger: Ledger }
  /** Everything is closed, nothing more will be said. */
  | { type: 'done' };

/** The shard's end of its link. */
export interface ShardPort {
  post(message: FromShard): void;
  onMessage(listener: (message: ToShard) => void): void;
}
