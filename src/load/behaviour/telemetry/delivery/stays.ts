/**
 * The stays of one receiver, one per connection: from the last SUBACK to the loss or the close. What is sent outside of them owes it nothing,
 * unless its session is kept from one to the next: then all that is of QoS 1 is owed from the first of them on.
 */
import type { Stream } from './stream.ts';

export class Stays {
  /** Counts the stays, and what is before each: from SUBSCRIBE to the last SUBACK nobody knows what is in force. */
  current = 0;
  /** The first with the subscriptions of this one. */
  sameSince = 0;
  /** Start of this stay (µs); Infinity outside of one. */
  private fromUs = Number.POSITIVE_INFINITY;
  /** The first stay of this session, and its start. */
  private sessionSince = 0;
  private sessionFromUs = Number.POSITIVE_INFINITY;
  /** The session of the stay before is there still, and no SUBSCRIBE has gone out since. */
  private goesOn = false;

  subscribing(): void {
    this.current++;
    this.sessionSince = this.current;
    this.goesOn = false;
  }

  resumed(): void {
    this.goesOn = true;
  }

  begin(nowUs: number, isAsBefore: boolean): void {
    this.current++;
    if (!isAsBefore) this.sameSince = this.current;
    this.fromUs = nowUs;
    if (!this.goesOn) {
      this.sessionSince = this.current;
      this.sessionFromUs = nowUs;
    }
    this.goesOn = false;
  }

  end(): void {
    this.fromUs = Number.POSITIVE_INFINITY;
  }

  get isThere(): boolean {
    return this.fromUs < Number.POSITIVE_INFINITY;
  }

  /** Since when the receiver should have all of a stream that it is owed (µs). */
  fromUsOf({ isKept }: Stream): number {
    return isKept ? this.sessionFromUs : this.fromUs;
  }

  /** Whether what is known of the stream is of this stay, or of one from which the session was kept. */
  hold({ stay, isKept }: Stream): boolean {
    return stay === this.current || (isKept && stay >= this.sessionSince);
  }
}
