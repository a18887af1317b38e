/**
 * One triple = one connection: a new login closes the older one, whatever the client ids ("Kicked by the same device" in the platform's
 * log). The newer one is let in when the older has ended.
 */
import type { Session } from './session.ts';

interface Place {
  holder: Session;
  /** The login that waits for the holder to end. */
  next?: { session: Session; enter: () => void };
}

export class DeviceConnections {
  private readonly places = new Map<string, Place>();
  private readonly end: (session: Session) => void;
  private readonly onKick: () => void;

  /** `end` closes a session; `ended` must be called once that is done. */
  constructor(end: (session: Session) => void, onKick: () => void) {
    this.end = end;
    this.onKick = onKick;
  }

  /** Devices that have a connection. */
  get size(): number {
    return this.places.size;
  }

  has(place: string): boolean {
    return this.places.has(place);
  }

  /** Calls `enter` when the session holds its device's place: at once if nobody does. Never, if it ends or is kicked before. */
  enter(place: string, session: Session, enter: () => void): void {
    const current = this.places.get(place);
    if (current === undefined) {
      this.places.set(place, { holder: session });
      enter();
      return;
    }
    const earlier = current.next?.session;
    current.next = { session, enter };
    if (earlier !== undefined) this.kick(earlier);
    this.kick(current.holder);
  }

  ended(place: string, session: Session): void {
    const current = this.places.get(place);
    if (current?.holder !== session) return;
    this.places.delete(place);
    const next = current.next;
    if (next !== undefined && !next.session.closed) this.enter(place, next.session, next.enter);
  }

  private kick(session: Session): void {
    if (session.closed) return;
    this.onKick();
    this.end(session);
  }
}
