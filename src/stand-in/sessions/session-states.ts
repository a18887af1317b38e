/** The sessions of all devices, connected or away, and how long those outlast their connections. */
import type { Clock } from '../../model/clock.ts';
import { KeptRoom } from './outgoing.ts';
import { SessionState } from './session-state.ts';

/** MQTT 5: a session with this expiry never ends (3.1.2.11.2). */
const NEVER_SEC = 0xffff_ffff;

/** `clean` is that of CONNECT; the expiry is of MQTT 5, and without a word of it 0. */
export function expiryUsOf(isMqtt5: boolean, clean: boolean, expirySec = 0): number {
  if (!isMqtt5) return clean ? 0 : Number.POSITIVE_INFINITY;
  return expirySec === NEVER_SEC ? Number.POSITIVE_INFINITY : expirySec * 1e6;
}

export class SessionStates implements Iterable<SessionState> {
  /** What they keep lies in it. */
  readonly room: KeptRoom;
  private readonly clock: Clock;
  private readonly byDevice = new Map<string, SessionState>();
  private readonly forget: (state: SessionState) => void;

  /** `forget` hears of each session that ends. */
  constructor(clock: Clock, forget: (state: SessionState) => void, room = new KeptRoom()) {
    this.room = room;
    this.clock = clock;
    this.forget = forget;
  }

  [Symbol.iterator](): IterableIterator<SessionState> {
    return this.byDevice.values();
  }

  of(topicPrefix: string): SessionState | undefined {
    return this.byDevice.get(topicPrefix);
  }

  /** The session that a device comes back to, or a new one: it is connected from now on. */
  enter(topicPrefix: string, clean: boolean): { state: SessionState; isPresent: boolean } {
    const kept = this.byDevice.get(topicPrefix);
    const isPresent = kept !== undefined && !clean && !this.isOver(kept, this.clock.nowUs());
    if (kept !== undefined && !isPresent) this.remove(kept);
    const state = isPresent ? kept : new SessionState(topicPrefix);
    this.byDevice.set(topicPrefix, state);
    state.leftUs = Number.POSITIVE_INFINITY;
    return { state, isPresent };
  }

  /** Its connection has ended. */
  left(state: SessionState): void {
    if (this.byDevice.get(state.topicPrefix) !== state) return;
    state.leftUs = this.clock.nowUs();
    if (state.expiryUs === 0) this.remove(state);
    else state.outgoing?.interrupted();
  }

  /** Frees what has expired. */
  sweep(nowUs: number): void {
    for (const state of this.byDevice.values()) if (this.isOver(state, nowUs)) this.remove(state);
  }

  private isOver({ leftUs, expiryUs }: SessionState, nowUs: number): boolean {
    return nowUs - leftUs >= expiryUs;
  }

  private remove(state: SessionState): void {
    this.byDevice.delete(state.topicPrefix);
    state.outgoing?.clear();
    this.forget(state);
  }
}
