/** Keeps to the quotas that were asked for, and counts what was beyond each. A stand-in without quotas has none of this. */
import type { Quotas } from '../../model/scenario.ts';
import type { Counts } from '../endpoint/counts.ts';
import type { Session } from '../endpoint/session.ts';
import type { Refusal } from '../endpoint/sign-in.ts';
import { ConnectWindow } from './connect-rate.ts';
import { MessageRate } from './message-rate.ts';

export class QuotaKeeper {
  private readonly quotas: Quotas;
  private readonly counts: Counts;
  private readonly connectWindow: ConnectWindow | undefined;
  private readonly messageRate: MessageRate | undefined;

  constructor(quotas: Quotas, counts: Counts) {
    this.quotas = quotas;
    this.counts = counts;
    if (quotas.connectsPerSec !== undefined) this.connectWindow = new ConnectWindow(quotas.connectsPerSec);
    if (quotas.messageRate !== undefined) this.messageRate = new MessageRate(quotas.messageRate);
  }

  /** Of a CONNECT that is its device's `inMinute`th within 60 s; undefined if there is room for it. */
  refusalOfConnect(inMinute: number, nowUs: number): Refusal | undefined {
    if (this.connectWindow?.isOver(nowUs)) {
      this.counts.connects_over_quota_rate++;
      return this.refusal('connects per second');
    }
    if (inMinute <= (this.quotas.connectsPerMinute ?? Number.POSITIVE_INFINITY)) return undefined;
    this.counts.connects_over_quota_per_minute++;
    return this.refusal('connects per minute of this device');
  }

  /** Of a device that is not connected yet, beside `others` that are. */
  refusalOfEntry(others: number): Refusal | undefined {
    if (others < (this.quotas.connections ?? Number.POSITIVE_INFINITY)) return undefined;
    this.counts.connects_over_quota_connections++;
    return this.refusal('connections');
  }

  isOverRate(place: string, qos: 0 | 1, nowUs: number): boolean {
    const isOver = this.messageRate?.isOver(place, qos, nowUs) ?? false;
    if (isOver) this.counts.publishes_over_rate++;
    return isOver;
  }

  isOverSize(payload: Buffer): boolean {
    const isOver = payload.length > (this.quotas.messageBytes ?? Number.POSITIVE_INFINITY);
    if (isOver) this.counts.publishes_over_size++;
    return isOver;
  }

  /** `position` is the filter's in its SUBSCRIBE, from 0. What is subscribed to again takes no place of its own. */
  isOverSubscriptions({ filters }: Session, filter: string, position: number): boolean {
    const { subscriptions = Number.POSITIVE_INFINITY, topicsPerSubscribe = Number.POSITIVE_INFINITY } =
      this.quotas;
    const isOver = position >= topicsPerSubscribe || (filters.size >= subscriptions && !filters.has(filter));
    if (isOver) this.counts.subscribes_over_quota++;
    return isOver;
  }

  private refusal(quota: string): Refusal {
    const { refuse = 'connack3' } = this.quotas;
    const reason = `over the quota of ${quota}`;
    if (refuse === 'close' || refuse === 'ignore') return { ok: false, unanswered: refuse, reason };
    return { ok: false, returnCode: refuse === 'connack3' ? 3 : 5, reason };
  }
}
