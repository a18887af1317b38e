/**
 * One triple = one connection: a new login closes the older one, whatever the client ids ("Kicked by the same device" in the platform's
 * log). The newer one is let in when the older has ended.
 */
import type { Session } from './session.ts';

interface Occupancy {
  holder: Session;
  /** The login that waits for the holder to end. */
  next?: { session: Session; enter: () => void };
}

export class DeviceConnections {
  private readonly occupied = new Map<string, Occupancy>();
  private readonly end: (session: Session) => void;
  private readonly onKick: () => void;

  /** `end` closes a session; `ended` must be called once that is done. */
  constructor(end: (session: Session) => void, onKick: () => void) {
    this.end = end;
    this.onKick = onKick;
  }

  /** Devices that have a connection. */
  get size(): number {
    return this.occupied.size;
  }

  has(topicPrefix: string): boolean {
    return this.occupied.has(topicPrefix);
  }

  /** The connection that a device has, or undefined. */
  of(topicPrefix: string): Session | undefined {
    return this.occupied.get(topicPrefix)?.holder;
  }

  /** Calls `enter` when the session holds its device's place: at once if nobody does. Never, if it ends or is kicked before. */
  enter(topicPrefix: string, session: Session, enter: () => void): void {
    const current = this.occupied.get(topicPrefix);
    if (current === undefined) {
      this.occupied.set(topicPrefix, { holder: session });
      enter();
      return;
    }
    const earlier = current.next?.session;
    current.next = { session, enter };
    if (earlier !== undefined) this.kick(earlier);
    this.kick(current.holder);
  }

  ended(topicPrefix: string, session: Session): void {
    const current = this.occupied.get(topicPrefix);
    if (current?.holder !== session) return;
    this.occupied.delete(topicPrefix);
    const next = current.next;
    if (next !== undefined && !next.session.closed) this.enter(topicPrefix, next.session, next.enter);
  }

  private kick(session: Session): void {
    if (session.closed) return;
    this.onKick();
    this.end(session);
  }
}
