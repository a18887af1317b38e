/** When the devices of a loop connect: at the rate that was asked for, but never more at once than the broker's backlog takes. */

/** mosquitto listens with a backlog of 100; a SYN beyond it is dropped, and repeated after a second. */
const MOST_CONNECTING = 50;

export class Arrivals {
  private readonly count: number;
  private readonly perMs: number;
  private readonly connect: (row: number) => void;
  private startMs = 0;
  private started = 0;
  private opened = 0;
  private timer: NodeJS.Timeout | undefined;

  /** `connect` begins the connecting of one of `count` devices. */
  constructor(count: number, perSec: number, connect: (row: number) => void) {
    this.count = count;
    this.perMs = perSec / 1e3;
    this.connect = connect;
  }

  begin(): void {
    this.startMs = performance.now();
    // What is due is looked up once a millisecond.
    this.timer = setInterval(() => this.look(), 1);
  }

  private look(): void {
    const due = Math.min(this.count, (performance.now() - this.startMs) * this.perMs);
    while (this.started < due && this.started - this.opened < MOST_CONNECTING) this.connect(this.started++);
    if (this.started === this.count) clearInterval(this.timer);
  }

  /** One of them is connected; true for the last. */
  hasOpened(): boolean {
    return ++this.opened === this.count;
  }
}
