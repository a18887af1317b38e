/** A way to ask for a secret: what the registrar needs of it. */
import type { Identity } from '../../model/devices/device-table.ts';
import type { Failure } from '../../model/failure.ts';

/** One device's asking, from its intended start (µs of the clock). */
export interface Asking {
  device: Identity;
  productSecret: string;
  intendedUs: number;
  /** Aborts when nobody waits any more. */
  signal: AbortSignal;
}

/** `heardUs` is when the answer was there; `leave` ends the connection, once what was given is safe. */
export interface Grant {
  row: readonly string[];
  startUs: number;
  heardUs: number;
  leave(): void;
}

export type Told = Grant | { failure: Failure };

export interface Way {
  /** Never rejects. */
  ask(asking: Asking): Promise<Told>;
}
