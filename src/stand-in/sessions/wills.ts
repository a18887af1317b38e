/** Wills (MQTT 5, 3.1.2.5): what is published for a device whose connection ended without a word, at once or after its delay. */
import type { Message } from './message.ts';

export interface Will {
  message: Message;
  /** How long the message is of use once it is published; infinite where that is not said. */
  expirySec: number;
  /** How long after the end of the connection. */
  delayUs: number;
}

export class Wills {
  private readonly waiting = new Map<string, { will: Will; dueUs: number }>();
  private readonly publish: (topicPrefix: string, will: Will) => void;

  constructor(publish: (topicPrefix: string, will: Will) => void) {
    this.publish = publish;
  }

  /** A connection has ended whose device has not said goodbye; its session goes on for `expiryUs`, and no will waits for longer. */
  died(topicPrefix: string, will: Will, expiryUs: number, nowUs: number): void {
    const delayUs = Math.min(will.delayUs, expiryUs);
    if (delayUs === 0) this.publish(topicPrefix, will);
    else this.waiting.set(topicPrefix, { will, dueUs: nowUs + delayUs });
  }

  /** The device is back: into the session that it had, or else what had been left is over [MQTT-3.1.3-9]. */
  returned(topicPrefix: string, isSessionPresent: boolean): void {
    const left = this.waiting.get(topicPrefix);
    if (left === undefined) return;
    this.waiting.delete(topicPrefix);
    if (!isSessionPresent) this.publish(topicPrefix, left.will);
  }

  /** Publishes those that are due. */
  look(nowUs: number): void {
    for (const [topicPrefix, { will, dueUs }] of this.waiting) {
      if (nowUs < dueUs) continue;
      this.waiting.delete(topicPrefix);
      this.publish(topicPrefix, will);
    }
  }
}
