/** When a connection must say something to stay one, and when the far side has been silent for too long [MQTT-3.1.2-23, 3.1.2-24]. */

/** What a tick asks for. */
export type KeepaliveStep = 'none' | 'ping' | 'dead';

/** Of the keepalive: a PINGREQ after this much silence of either side, since ticks are a second apart … */
const PING_AFTER = 0.9;
/** … and the end after this much more without an answer: at one and a half keepalives, when a server would give us up as well. */
const DEAD_AFTER = 0.6;

export class Keepalive {
  /** 0 switches it off. */
  keepaliveUs: number;
  private hasSaid = true;
  private hasHeard = true;
  private saidUs = 0;
  private heardUs = 0;
  /** When a PINGREQ was due since which nothing has been heard; 0 otherwise. */
  private pingUs = 0;

  constructor(keepaliveUs: number) {
    this.keepaliveUs = keepaliveUs;
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
    if (this.hasSaid) this.saidUs = nowUs;
    if (this.hasHeard) {
      this.heardUs = nowUs;
      this.pingUs = 0;
    }
    this.hasSaid = this.hasHeard = false;
    if (this.keepaliveUs === 0) return 'none';
    if (this.pingUs > 0) return nowUs - this.pingUs >= DEAD_AFTER * this.keepaliveUs ? 'dead' : 'none';
    if (nowUs - Math.min(this.saidUs, this.heardUs) < PING_AFTER * this.keepaliveUs) return 'none';
    this.pingUs = nowUs;
    this.hasSaid = true;
    return 'ping';
  }
}
