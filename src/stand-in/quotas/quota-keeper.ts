/** Keeps to the quotas that were asked for, and counts what was beyond each. A stand-in without quotas has none of this. */
import type { Quotas } from '../../model/scenario.ts';
import type { Counts } from '../endpoint/counts.ts';
import { REASON } from '../endpoint/mqtt5.ts';
import type { Session } from '../endpoint/session.ts';
import type { Refusal } from '../endpoint/sign-in.ts';
import type { Quota, QuotaCheck } from './quota.ts';
import { QUOTAS, type QuotaCounter } from './quotas.ts';

interface Kept {
  check: QuotaCheck;
  counter: QuotaCounter;
  counted?: string;
}

const ALL: readonly (Quota<unknown> & { field: keyof Quotas; counter: QuotaCounter })[] = QUOTAS;

export class QuotaKeeper {
  private readonly refuse: NonNullable<Quotas['refuse']>;
  private readonly counts: Counts;
  private readonly kept: Kept[];

  constructor(quotas: Quotas, counts: Counts) {
    this.counts = counts;
    this.refuse = quotas.refuse ?? 'connack3';
    this.kept = ALL.flatMap((quota) => {
      const limit = quotas[quota.field];
      return limit === undefined ? [] : [{ ...quota, check: quota.check(limit) }];
    });
  }

  /** Why a CONNECT is refused that is its device's `inMinute`th within 60 s; undefined if there is room for it. */
  refusalOfConnect(inMinute: number, nowUs: number): Refusal | undefined {
    for (const kept of this.kept) if (kept.check.connect?.(inMinute, nowUs)) return this.refusal(kept);
    return undefined;
  }

  /** Why a device is refused that is not connected yet, beside `others` that are; undefined if there is room for it. */
  refusalOfEntry(others: number): Refusal | undefined {
    for (const kept of this.kept) if (kept.check.entry?.(others)) return this.refusal(kept);
    return undefined;
  }

  isOverSize(payload: Buffer): boolean {
    for (const kept of this.kept) if (kept.check.payload?.(payload.length)) return this.count(kept);
    return false;
  }

  isOverRate(topicPrefix: string, qos: 0 | 1, nowUs: number): boolean {
    for (const kept of this.kept) if (kept.check.uplink?.(topicPrefix, qos, nowUs)) return this.count(kept);
    return false;
  }

  /** `position` is the filter's in its SUBSCRIBE, from 0. */
  isOverSubscriptions({ state: { filters } }: Session, filter: string, position: number): boolean {
    for (const kept of this.kept) if (kept.check.filter?.(filters, filter, position)) return this.count(kept);
    return false;
  }

  private count({ counter }: Kept): true {
    this.counts[counter]++;
    return true;
  }

  private refusal(kept: Kept): Refusal {
    this.count(kept);
    const { refuse } = this;
    const reason = `over the quota of ${kept.counted}`;
    if (refuse === 'close' || refuse === 'ignore') return { ok: false, unanswered: refuse, reason };
    return refuse === 'connack3'
      ? { ok: false, returnCode: 3, reasonCode: REASON.serverBusy, reason }
      : { ok: false, returnCode: 5, reasonCode: REASON.quotaExceeded, reason };
  }
}
