/**
 * One connection attempt, timed phase by phase. The first outcome wins: whatever a library or a socket says afterwards is ignored.
 */
import type { Clock } from '../model/clock.ts';
import { type AuthPart, CONNECT_PHASES, type ConnectPhase } from '../model/failure.ts';

export class Attempt {
  readonly startUs: number;
  /** The time (µs of the clock) at which it should have started; its real start where there is no schedule. */
  readonly intendedUs: number;
  /** Durations (µs) of the phases that this attempt went through: no TLS on mqtt://, no DNS for a literal address. */
  readonly durationUs: Partial<Record<ConnectPhase, number>> = {};
  /** Durations (µs) of what the phase `auth` had to do first; undefined where it opened no connection. */
  authPartUs: Partial<Record<AuthPart, number>> | undefined = undefined;
  phase: ConnectPhase = CONNECT_PHASES[0];
  /** Whether its TLS handshake went on with an earlier session; undefined where there was none, or it was not finished. */
  isResumed: boolean | undefined = undefined;
  private readonly clock: Clock;
  private controller: AbortController | undefined = undefined;
  private phaseStartUs: number;
  private settled = false;
  private heardUs: number | undefined;

  constructor(clock: Clock, intendedUs?: number) {
    this.clock = clock;
    this.startUs = this.phaseStartUs = clock.nowUs();
    this.intendedUs = intendedUs ?? this.startUs;
  }

  /** Ends the phase under way and begins the next; no time falls between them, so the phases sum to the whole. */
  enter(phase: ConnectPhase): void {
    const nowUs = this.clock.nowUs();
    this.durationUs[this.phase] = nowUs - this.phaseStartUs;
    this.phase = phase;
    this.phaseStartUs = nowUs;
  }

  /** A part of the phase `auth` took so long. */
  took(part: AuthPart, us: number): void {
    this.authPartUs ??= {};
    this.authPartUs[part] = us;
  }

  /** Of a login that takes requests: aborts when it is given up. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    return this.controller.signal;
  }

  /** Nobody waits for its login any more. */
  abandon(): void {
    this.controller?.abort();
  }

  /** Bytes have come: if CONNACK ends with them, this is when it came, however long a library takes to say so. */
  heard(): void {
    this.heardUs = this.clock.nowUs();
  }

  /** CONNACK has come, with the bytes last heard: ends the last phase and returns the whole, start to CONNACK. */
  finish(): number {
    const endUs = this.heardUs ?? this.clock.nowUs();
    this.durationUs[this.phase] = endUs - this.phaseStartUs;
    return endUs - this.startUs;
  }

  /** Whether this is the first outcome: true once, false for all that come later. */
  settle(): boolean {
    const first = !this.settled;
    this.settled = true;
    return first;
  }
}
