/**
 * The platform's limit on what one device publishes in a second: 30 messages at QoS 0 and 10 at QoS 1. It says nothing when it is
 * exceeded, the message is acknowledged and goes no further.
 */
import { object, rate } from '../../input/fields.ts';
import { ALIYUN_LIMITS } from '../../platform/aliyun/limits.ts';
import { bareRate } from '../flag-text.ts';
import type { Quota } from './quota.ts';

interface Limits {
  qos0PerSec?: number;
  qos1PerSec?: number;
}

export const messageRate = {
  key: 'messageRate',
  field: 'messageRate',
  schema: object({
    qos0: rate().optional().meta({ description: 'The platform’s is 30/s' }),
    qos1: rate().optional().meta({ description: 'The platform’s is 10/s' }),
  })
    .transform(
      ({ qos0, qos1 }): Limits => ({
        ...(qos0 === undefined ? {} : { qos0PerSec: qos0 }),
        ...(qos1 === undefined ? {} : { qos1PerSec: qos1 }),
      }),
    )
    .meta({ description: 'Per device; what is above is acknowledged and dropped, as on the platform' }),
  flags: [
    {
      name: 'message-rate-qos0',
      type: 'string',
      describe: 'QoS 0 messages per second of one device; those above are dropped silently',
      schema: bareRate(),
      part: 'qos0PerSec',
    },
    {
      name: 'message-rate-qos1',
      type: 'string',
      describe: 'The same of QoS 1, acknowledged all the same',
      schema: bareRate(),
      part: 'qos1PerSec',
    },
  ],
  platforms: { qos0PerSec: ALIYUN_LIMITS.messagesPerSec[0], qos1PerSec: ALIYUN_LIMITS.messagesPerSec[1] },
  counter: 'publishes_over_rate',
  check: (limits) => {
    const rates = new MessageRate(limits);
    return { uplink: (place, qos, nowUs) => rates.isOver(place, qos, nowUs) };
  },
} as const satisfies Quota<Limits>;

const WINDOW_US = 1_000_000;

interface Window {
  startUs: number;
  qos0: number;
  qos1: number;
}

export class MessageRate {
  private readonly limits: Limits;
  /** The seconds under way, by device and not by connection: signing in again does not begin a new one. */
  private readonly windows = new Map<string, Window>();

  constructor(limits: Limits) {
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
