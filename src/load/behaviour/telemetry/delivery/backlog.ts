/**
 * What a server kept for a device that was away, as it comes once the device is back: messages that were meant to be sent before the CONNACK
 * of a connection with which a session goes on. Servers hand on what they kept before what is new, so that this ends with the first message
 * at QoS 1 that was meant for later: what then comes late was late on its way to the server, most likely because its sender was away. It
 * ends as well when the server has said nothing of it for a while, though the device took all that came.
 */
import type { Recorder } from '../../../../metrics/recorder.ts';

/** Silence (µs) after which a server is taken to have kept nothing more. */
const SILENCE_US = 5_000_000;

export class Backlog {
  private readonly recorder: Recorder;
  /** The CONNACK (µs). */
  private readonly sinceUs: number;
  /** When anything of it last came, and when a message came that the device had not had before. */
  private heardUs: number;
  private lastUs = 0;
  private isOver = false;

  constructor(recorder: Recorder, sinceUs: number) {
    this.recorder = recorder;
    this.sinceUs = this.heardUs = sinceUs;
  }

  /**
   * Hears each message with a header; returns whether it is one that was kept. `isKept`: it came at QoS 1. A second copy (not `isNew`) is of
   * no account itself, but the server is still at it.
   */
  hears(intendedUs: number, isKept: boolean, isNew: boolean, nowUs: number): boolean {
    this.tick(nowUs);
    if (this.isOver) return false;
    if (intendedUs >= this.sinceUs) {
      if (isKept) this.end();
      return false;
    }
    this.heardUs = nowUs;
    if (isNew) {
      this.lastUs = nowUs;
      this.recorder.counters.messages_backlog++;
    }
    return true;
  }

  tick(nowUs: number): void {
    if (!this.isOver && nowUs - this.heardUs >= SILENCE_US) this.end();
  }

  /** Whether more of it may be about to come: some came less than so long (µs) ago, and nothing after it. */
  isUnderWay(nowUs: number, withinUs: number): boolean {
    return !this.isOver && nowUs - this.heardUs < withinUs;
  }

  /** No more of it comes: it has been told apart from all that follows, or the connection is gone. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.lastUs > 0) this.recorder.trends.backlog_drain.record(this.lastUs - this.sinceUs);
  }
}
