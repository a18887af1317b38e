/** When a connection must say something to stay one, and when the far side has been silent for too long [MQTT-3.1.2-23, 3.1.2-24]. */

/** What a tick asks for. */
export type KeepaliveStep = 'none' | 'ping' | 'dead';

/** Of the keepalive: a PINGREQ after this much silence of either side, since ticks are a second apart … */
export const PING_AFTER = 0.9;
/** … and the end after this much more without an answer: at one and a half keepalives, when a server would give us up as well. */
const DEAD_AFTER = 0.6;

export class Keepalive {
  /** 0 switches it off. Times are in whole seconds: small integers, which take no room of their own in a heap of many connections. */
  keepaliveSec: number;
  private hasSaid = true;
  private hasHeard = true;
  private saidSec = 0;
  private heardSec = 0;
  /** When a PINGREQ was due since which nothing has been heard; 0 otherwise. */
  private pingSec = 0;

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
    const nowSec = Math.floor(nowUs / 1e6);
    if (this.hasSaid) this.saidSec = nowSec;
    if (this.hasHeard) {
      this.heardSec = nowSec;
      this.pingSec = 0;
    }
    this.hasSaid = this.hasHeard = false;
    if (this.keepaliveSec === 0) return 'none';
    if (this.pingSec > 0) return nowSec - this.pingSec >= DEAD_AFTER * this.keepaliveSec ? 'dead' : 'none';
    if (nowSec - Math.min(this.saidSec, this.heardSec) < PING_AFTER * this.keepaliveSec) return 'none';
    this.pingSec = nowSec;
    this.hasSaid = true;
    return 'ping';
  }
}
