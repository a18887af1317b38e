/** CONNECTs of each device within a minute, counted in any case, and the quota on them: the platform's limit is per minute and device. */
import { wholeNumber } from '../../input/fields.ts';
import { ALIYUN_LIMITS } from '../../platform/aliyun/limits.ts';
import type { Quota } from './quota.ts';

export const connectsPerMinute = {
  key: 'connectsPerMinute',
  field: 'connectsPerMinute',
  schema: wholeNumber(1).meta({ description: 'CONNECTs of one device; the platform’s is 5' }),
  flags: [
    { name: 'connects-per-minute', type: 'number', describe: 'CONNECTs of one device within a minute' },
  ],
  platforms: ALIYUN_LIMITS.connectsPerMinute,
  counter: 'connects_over_quota_per_minute',
  counted: 'connects per minute of this device',
  check: (most) => ({ connect: (inMinute) => inMinute > most }),
} as const satisfies Quota<number>;

const WINDOW_US = 60_000_000;

export class ConnectsInMinute {
  /** The times of each device's CONNECTs in the window that ends with its latest one. */
  private readonly times = new Map<string, number[]>();
  private sweptUs = 0;
  max = 0;

  /** Devices of which something is remembered: those of the last two minutes at most, for anybody may say any name. */
  get size(): number {
    return this.times.size;
  }

  /**
   * Returns how many the device has made with this one in the minute that ends now. `nowUs` never goes back. The window is open at its
   * far end: CONNECTs exactly a minute apart are not in one.
   */
  count(device: string, nowUs: number): number {
    if (nowUs - this.sweptUs >= WINDOW_US) this.sweep(nowUs);
    const times = this.times.get(device);
    if (times === undefined) {
      this.times.set(device, [nowUs]);
    } else {
      times.push(nowUs);
      while (times[0]! <= nowUs - WINDOW_US) times.shift();
    }
    const inMinute = times?.length ?? 1;
    this.max = Math.max(this.max, inMinute);
    return inMinute;
  }

  private sweep(nowUs: number): void {
    this.sweptUs = nowUs;
    for (const [device, times] of this.times)
      if (times.at(-1)! <= nowUs - WINDOW_US) this.times.delete(device);
  }
}
