/**
 * The TLS sessions that the devices of a shard go on with (RFC 5077, RFC 8446 2.2): one of each device, or one of them all. A session is
 * what the server gave out, a ticket as a rule, and its keys: one to two KB. TLS 1.3 sends it after the handshake, and may send several:
 * the last is kept.
 */
import type { Resume } from '../model/scenario.ts';

/** The device whose session all of them go on with. */
const ANY = -1;

export class TlsSessions {
  private readonly sessions = new Map<number, Buffer>();
  private readonly isShared: boolean;

  constructor(resume: Resume) {
    this.isShared = resume === 'shared';
  }

  /** What the device in that row of the list can offer. */
  of(row: number): Buffer | undefined {
    return this.sessions.get(this.keyOf(row));
  }

  keep(row: number, session: Buffer): void {
    this.sessions.set(this.keyOf(row), session);
  }

  /** A handshake that failed takes the session that it was to go on with along [RFC 5246, 7.2.2]. */
  forget(row: number): void {
    this.sessions.delete(this.keyOf(row));
  }

  private keyOf(row: number): number {
    return this.isShared ? ANY : row;
  }
}
