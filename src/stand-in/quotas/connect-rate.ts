/**
 * The quota on CONNECTs per second of the whole endpoint, as a window that slides. A bucket of tokens would let a fleet that connects
 * 1 % too fast go on for 100 s before it says no; with fixed seconds it would be chance on which side of their border a connect falls.
 */
import { rate } from '../../input/fields.ts';
import { ALIYUN_LIMITS } from '../../platform/aliyun/limits.ts';
import { bareRate } from '../flag-text.ts';
import type { Quota } from './quota.ts';

const some = (perSec: number): boolean => perSec > 0;
const NONE = { error: 'is not above 0' };

export const connectRate = {
  key: 'connectRate',
  field: 'connectsPerSec',
  schema: rate()
    .refine(some, NONE)
    .meta({ description: 'CONNECTs of all devices together; the platform’s is 500/s' }),
  flags: [
    {
      name: 'connect-rate',
      type: 'string',
      describe: 'CONNECTs per second of all devices together',
      schema: bareRate().refine(some, NONE),
    },
  ],
  platforms: ALIYUN_LIMITS.accountConnectsPerSec,
  counter: 'connects_over_quota_rate',
  counted: 'connects per second',
  check: (perSec) => {
    const window = new ConnectWindow(perSec);
    return { connect: (_, nowUs) => window.isOver(nowUs) };
  },
} as const satisfies Quota<number>;

const SECOND_US = 1_000_000;
/** What is evenly paced at the very limit may be out of step by a tick of its sender's timer. */
const TICK_US = 1_000;
/** A higher rate than this per second is measured over less than a second. */
const MOST_REMEMBERED = 10_000;

export class ConnectWindow {
  /** A ring of the last times: as many CONNECTs as one window may hold. */
  private readonly times: Float64Array;
  private readonly windowUs: number;
  private next = 0;

  /** `perSec` above 0. The window is as long as the rate takes for a whole number of CONNECTs: a second, for a whole rate. */
  constructor(perSec: number) {
    const most = Math.min(Math.max(1, Math.floor(perSec)), MOST_REMEMBERED);
    this.times = new Float64Array(most).fill(Number.NEGATIVE_INFINITY);
    this.windowUs = (most / perSec) * SECOND_US - TICK_US;
  }

  /**
   * Counts the CONNECT; true if it is one too many. The refused ones count too, as the platform limits requests: above the limit hardly
   * anyone gets in, and whoever slows down is let in again within a second.
   */
  isOver(nowUs: number): boolean {
    const before = this.times[this.next]!;
    this.times[this.next] = nowUs;
    this.next = (this.next + 1) % this.times.length;
    return nowUs - before < this.windowUs;
  }
}
