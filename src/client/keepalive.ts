/** When a connection must say something to stay one, and when the far side has been silent for too long [MQTT-3.1.2-23, 3.1.2-24]. */

/** What a tick asks for. */
export type KeepaliveStep = 'none' | 'ping' | 'dead';

/** The share of the keepalive after which a PINGREQ is due, where either side was silent for so long … */
const PING_AFTER = 0.9;
/** … and the share after which, without an answer, it ends: at one and a half keepalives, when a server would give us up as well. */
const DEAD_AFTER = 0.6;

/** Ticks a second apart are too coarse for less: see `ShortTicks`. */
const SHORTEST_BY_SECONDS_SEC = 10;

export function needsShortTicks(keepaliveSec: number): boolean {
  return keepaliveSec > 0 && keepaliveSec < SHORTEST_BY_SECONDS_SEC;
}

/**
 * How long a silence may become before a PINGREQ, in seconds. What was said is known a tick later, the tick that finds it old enough may be
 * another one late, and times are whole: with all that it must be within the keepalive [MQTT-3.1.2-20].
 */
export function pingAfterSec(keepaliveSec: number): number {
  const tickSec = needsShortTicks(keepaliveSec) ? 0.1 : 1;
  return Math.min(PING_AFTER * keepaliveSec, keepaliveSec - 3 * tickSec);
}

export class Keepalive {
  /** 0 switches it off. Times are in tenths of a second: small integers, which take no room of their own in a heap of many connections. */
  keepaliveSec: number;
  private hasSaid = true;
  private hasHeard = true;
  private saidAt = 0;
  private heardAt = 0;
  /** The time (tenths of a second) at which a PINGREQ was due since which nothing has been heard; 0 otherwise. */
  private pingAt = 0;

  constructor(keepaliveSec: number) {
    this.keepaliveSec = keepaliveSec;
  }

  /** Any packet of ours. No clock is read for it: a tick later is soon enough to know. */
  said(): void {
    this.hasSaid = true;
  }

  /** Any byte of theirs. */
  heard(): void {
    this.hasHeard = true;
  }

  tick(nowUs: number): KeepaliveStep {
    const now = Math.floor(nowUs / 1e5);
    if (this.hasSaid) this.saidAt = now;
    if (this.hasHeard) {
      this.heardAt = now;
      this.pingAt = 0;
    }
    this.hasSaid = this.hasHeard = false;
    if (this.keepaliveSec === 0) return 'none';
    if (this.pingAt > 0) return now - this.pingAt >= 10 * DEAD_AFTER * this.keepaliveSec ? 'dead' : 'none';
    if (now - Math.min(this.saidAt, this.heardAt) < 10 * pingAfterSec(this.keepaliveSec)) return 'none';
    this.pingAt = now;
    this.hasSaid = true;
    return 'ping';
  }
}
