/**
 * The platform's limit on what one device publishes in a second: 30 messages at QoS 0 and 10 at QoS 1. It says nothing when it is
 * exceeded, the message is acknowledged and goes no further.
 */
import type { Quotas } from '../../model/scenario.ts';

const WINDOW_US = 1_000_000;

interface Window {
  startUs: number;
  qos0: number;
  qos1: number;
}

export class MessageRate {
  private readonly limits: NonNullable<Quotas['messageRate']>;
  /** By device and not by connection: signing in again does not begin a new second. */
  private readonly windows = new Map<string, Window>();

  constructor(limits: NonNullable<Quotas['messageRate']>) {
    this.limits = limits;
  }

  /** Counts the message; true if it is beyond the limit. A device's second begins with the first message after its last one ended. */
  isOver(device: string, qos: 0 | 1, nowUs: number): boolean {
    let window = this.windows.get(device);
    if (window === undefined) {
      window = { startUs: nowUs, qos0: 0, qos1: 0 };
      this.windows.set(device, window);
    } else if (nowUs - window.startUs >= WINDOW_US) {
      window.startUs = nowUs;
      window.qos0 = window.qos1 = 0;
    }
    return qos === 0
      ? ++window.qos0 > (this.limits.qos0PerSec ?? Number.POSITIVE_INFINITY)
      : ++window.qos1 > (this.limits.qos1PerSec ?? Number.POSITIVE_INFINITY);
  }
}
