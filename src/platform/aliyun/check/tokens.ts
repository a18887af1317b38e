/**
 * The iotIds and iotTokens of a stand-in [guide]. An iotToken is a signature over the iotId and the time of its making, so that none has
 * to be kept, and any that was given out is good for its seven days.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { CheckVerdict } from '../../check.ts';

type Device = Extract<CheckVerdict, { ok: true }>;

const VALID_MS = 7 * 24 * 3600 * 1000;
const ID_CHARACTERS = 24;

export class Tokens {
  private readonly key = randomBytes(32);
  private readonly devices = new Map<string, Device>();

  grant(productKey: string, deviceName: string, epochMs = Date.now()): { iotId: string; iotToken: string } {
    const iotId = this.digest(`${deviceName}&${productKey}`).slice(0, ID_CHARACTERS);
    if (!this.devices.has(iotId)) this.devices.set(iotId, { ok: true, productKey, deviceName });
    return { iotId, iotToken: this.tokenOf(iotId, epochMs) };
  }

  /** Whose they are; undefined where they are nobody's, do not belong together, or are too old. */
  holderOf(iotId: string, iotToken: string, epochMs = Date.now()): Device | undefined {
    const madeMs = Number(iotToken.slice(iotToken.indexOf('.') + 1));
    if (!(epochMs - madeMs < VALID_MS)) return undefined;
    const [given, right] = [Buffer.from(iotToken), Buffer.from(this.tokenOf(iotId, madeMs))];
    return given.length === right.length && timingSafeEqual(given, right)
      ? this.devices.get(iotId)
      : undefined;
  }

  private tokenOf(iotId: string, madeMs: number): string {
    return `${this.digest(`${iotId} ${madeMs}`)}.${madeMs}`;
  }

  private digest(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('hex');
  }
}
