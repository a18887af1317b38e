/** What a shard reports of itself: a snapshot each second from the start line on, and one wherever a phase ends. */
import type { Snapshot } from '../metrics/snapshot.ts';
import type { DeviceContext } from './device/device-context.ts';
import { wheelTimer } from './time/wheel.ts';
import { VitalsSampler } from './vitals.ts';

const SNAPSHOT_EVERY_US = 1_000_000;

export class SnapshotSeries {
  /** Snapshots are of the closing from here on: after what is measured. */
  closing = false;
  private readonly context: DeviceContext;
  private readonly post: (snapshot: Snapshot) => void;
  private readonly vitals = new VitalsSampler();
  private readonly timer = wheelTimer((nowUs) => this.tick(nowUs));
  private startUs = 0;
  private fromUs = 0;
  private second = -1;

  constructor(context: DeviceContext, post: (snapshot: Snapshot) => void) {
    this.context = context;
    this.post = post;
  }

  start(startUs: number): void {
    this.startUs = this.fromUs = startUs;
    this.second = -1;
    this.closing = false;
    this.context.wheel.arm(this.timer, startUs + SNAPSHOT_EVERY_US);
  }

  /** Posts what has gathered since the last one. */
  cut(nowUs: number): void {
    const fromUs = this.fromUs - this.startUs;
    // A stop may come before the start line.
    const toUs = Math.max(fromUs, nowUs - this.startUs);
    // From 2.002 s to 3.001 s is second 2; the intervals around the end are shorter, and no two may be the same second.
    this.second = Math.max(this.second + 1, Math.round(fromUs / SNAPSHOT_EVERY_US));
    this.post({
      second: this.second,
      fromUs,
      toUs,
      ...this.context.recorder.take(),
      open: this.context.load.open,
      closing: this.closing,
      vitals: this.vitals.take(),
    });
    this.fromUs = nowUs;
  }

  /** The last one. */
  end(nowUs: number): void {
    this.context.wheel.disarm(this.timer);
    this.cut(nowUs);
  }

  /** What has gathered so far is of no series. */
  forget(): void {
    this.context.recorder.take();
    this.vitals.take();
  }

  destroy(): void {
    this.vitals.stop();
    this.context.recorder.destroy();
  }

  private tick(nowUs: number): void {
    this.cut(nowUs);
    // The next whole second that is at least half a second away: a hold-up leaves seconds out rather than shifting all that follow.
    const seconds = Math.floor((nowUs - this.startUs) / SNAPSHOT_EVERY_US + 0.5) + 1;
    this.context.wheel.arm(this.timer, this.startUs + seconds * SNAPSHOT_EVERY_US);
  }
}
