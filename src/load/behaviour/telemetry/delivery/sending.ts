/** What one device has sent by one plan, as far as it takes to say later what was certainly sent, and by when. */

/** A message that had less time than this before its receiver closed may have been under way. */
export const SETTLED_US = 1_000_000;

/** Numbers per plan in a ledger: device, plan, first of the last connection, then three times how many had been sent and when. */
export const SENT_NUMBERS = 9;

export class Sending {
  /** Messages sent: what was due while the device was away takes no number and cannot be lost. */
  count = 0;
  /** The first number of the connection that there is, or of the next one; of a session that was kept, of all its connections. */
  connectionFrom = 1;
  /** Whether none that was due on this connection has been left out. */
  isRegular = true;
  /** The first number that the session at hand carried. */
  private sessionFrom = 1;
  private lastUs = 0;
  /** How many had been sent a while ago, and a while before that. */
  private markCount = 0;
  private markUs = 0;
  private olderCount = 0;
  private olderUs = 0;

  /** The last one had been sent by `nowUs`. */
  sentBy(nowUs: number): void {
    this.lastUs = nowUs;
    if (nowUs - this.markUs < SETTLED_US) return;
    this.olderCount = this.markCount;
    this.olderUs = this.markUs;
    this.markCount = this.count;
    this.markUs = nowUs;
  }

  /** What follows goes over another connection; what the broken one still held may never have left. */
  broke(): void {
    this.connectionFrom = this.count + 1;
    this.isRegular = true;
  }

  /** There is another connection. `goesOn`: what the broken one still held is sent again over this one, and by `nowUs` at the earliest. */
  connected(goesOn: boolean, nowUs: number): void {
    if (!goesOn) this.sessionFrom = this.count + 1;
    this.connectionFrom = this.sessionFrom;
    // What was due in between has been left out, unless there was nothing before.
    this.isRegular = this.sessionFrom > this.count;
    if (this.isRegular) return;
    this.lastUs = nowUs;
    this.markCount = this.olderCount = 0;
    this.markUs = this.olderUs = 0;
  }

  /** Appends to a ledger under way. */
  report(device: number, plan: number, sent: number[]): void {
    sent.push(device, plan, this.connectionFrom);
    sent.push(this.count, this.lastUs, this.markCount, this.markUs, this.olderCount, this.olderUs);
  }
}
