/** What a thread does to sign one device in, and what comes of it. */
import type { SecureContext } from 'node:tls';
import type { Identity } from '../model/devices/device-table.ts';
import type { AuthPart, ConnectPhase, Failure } from '../model/failure.ts';
import type { WillMessage } from '../model/scenario.ts';
import type { Endpoint, PresharedKey } from './endpoint.ts';

/**
 * Signs one device in, whose names are given and whose own columns stand in `row` of the table. What is at hand is returned at once; what
 * takes requests is a promise, and the attempt is in the last phase that it entered until that is kept.
 */
export type Login = (
  device: Identity,
  row: number,
  endpoint: Endpoint,
  epochMs: number,
  attempt: LoginAttempt,
) => Credentials | Promise<Credentials>;

/** As much of an attempt as a login that takes requests needs. */
export interface LoginAttempt {
  /** Ends the phase under way and begins this one. */
  enter(phase: ConnectPhase): void;
  /** Opening a connection for the requests took so long. */
  took(part: AuthPart, us: number): void;
  /** Aborts when nobody waits for the login any more. Made when it is first asked for. */
  readonly signal: AbortSignal;
}

/** What CONNECT carries, and where it goes if not where the target says. */
export interface Credentials {
  mqttClientId: string;
  /** Undefined: CONNECT has none. */
  username: string | undefined;
  password: string | undefined;
  will?: WillMessage;
  /** The device's own certificate and key. */
  tls?: SecureContext;
  psk?: PresharedKey;
  address?: { host: string; port: number };
}

/** A login that was refused or found nobody: its failure is the device's, and is counted like any other. */
export class LoginError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`${failure.phase} ${failure.kind} ${failure.code}`);
    this.failure = failure;
  }
}
