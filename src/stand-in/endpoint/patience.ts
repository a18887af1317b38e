/** How long the stand-in waits for its guests: for their CONNECT, afterwards for any packet of theirs, and for those who are away. */
import type { Clock } from '../../model/clock.ts';
import type { SessionStates } from '../sessions/session-states.ts';
import type { Wills } from '../sessions/wills.ts';
import { REASON } from './mqtt5.ts';
import type { Session } from './session.ts';

/** The platform looks for dead peers at this interval (help 130922). */
const LOOK_EVERY_MS = 30_000;
/** The time (µs) for a connection to say a whole CONNECT, however slowly it comes. */
const CONNECT_TIMEOUT_US = 10_000_000;
const LOOK_OFTEN_EVERY_MS = 1_000;

/** What is left of devices that are away. */
interface Absent {
  states: SessionStates;
  wills: Wills;
}

export class Patience {
  private readonly absent: Absent;
  private readonly end: (session: Session, reason?: number) => void;
  private readonly sessions = new Set<Session>();
  /** Those that have not said CONNECT, in the order in which they came. */
  private readonly newcomers = new Set<Session>();
  /** Those that are to leave at a time (µs of the clock), whatever they say. */
  private readonly passing = new Map<Session, number>();
  private readonly timers: NodeJS.Timeout[];

  /** `end` closes a session; `ended` must be called then. */
  constructor(clock: Clock, end: (session: Session, reason?: number) => void, absent: Absent) {
    this.absent = absent;
    this.end = end;
    this.timers = [
      setInterval(() => {
        const nowUs = clock.nowUs();
        this.lookAtGuests(nowUs);
        absent.states.sweep(nowUs);
      }, LOOK_EVERY_MS).unref(),
      setInterval(() => this.lookOften(clock.nowUs()), LOOK_OFTEN_EVERY_MS).unref(),
    ];
  }

  /** What is due to the second. */
  lookOften(nowUs: number): void {
    this.lookAtNewcomers(nowUs);
    this.absent.wills.look(nowUs);
  }

  came(session: Session): void {
    this.sessions.add(session);
    this.newcomers.add(session);
  }

  saidConnect(session: Session): void {
    this.newcomers.delete(session);
  }

  /** Closes it at that time, if it is still there. */
  letPass(session: Session, untilUs: number): void {
    this.passing.set(session, untilUs);
  }

  ended(session: Session): void {
    this.passing.delete(session);
    this.sessions.delete(session);
    this.newcomers.delete(session);
  }

  /** Closes who has not been heard of for one and a half times the keepalive [MQTT-3.1.2-24]. */
  lookAtGuests(nowUs: number): void {
    for (const session of this.sessions) {
      // 0 is none, where the platform takes it.
      const mayBeSilentUs = 1.5 * (session.keepaliveUs || Number.POSITIVE_INFINITY);
      if (session.open && nowUs - session.heardUs > mayBeSilentUs) this.end(session, REASON.keepAliveTimeout);
    }
  }

  /** Closes who has not said CONNECT, and who was to leave by now. */
  lookAtNewcomers(nowUs: number): void {
    for (const session of this.newcomers) {
      if (nowUs - session.acceptedUs <= CONNECT_TIMEOUT_US) break;
      this.end(session);
    }
    for (const [session, untilUs] of this.passing) if (untilUs <= nowUs) this.end(session);
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const session of this.sessions) this.end(session, REASON.serverShuttingDown);
  }
}
