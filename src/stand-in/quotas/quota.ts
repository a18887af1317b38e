/** What a quota of the stand-in is: a limit that can be set, and what is held against it. An absent one is not enforced. */
import type { Setting } from '../setting.ts';

export interface Quota<Limit> extends Setting<Limit> {
  /** Its name in `Quotas`: its key, but with the unit. */
  field: string;
  /** The platform's own limit; undefined where none is documented. */
  platforms?: Limit;
  /** Counts what was beyond it; several quotas may have one in common. */
  counter: `${'connects' | 'subscribes' | 'publishes'}_${string}`;
  /** What it counts, as refusals say it; of a quota on connects only. */
  counted?: string;
  check(limit: Limit): QuotaCheck;
}

/** Whether something is beyond the limit, at the moments at which that can be told. Each counts what it is asked about. */
export interface QuotaCheck {
  /** A CONNECT that has arrived, its device's `inMinute`th within 60 s: it is refused. */
  connect?(inMinute: number, nowUs: number): boolean;
  /** The sign-in of a device that is not connected yet, beside `others` that are: it is refused. */
  entry?(others: number): boolean;
  /** A message of so many bytes: it ends the connection. */
  payload?(bytes: number): boolean;
  /** A message of a device that may send it: it is acknowledged and goes no further. */
  uplink?(topicPrefix: string, qos: 0 | 1, nowUs: number): boolean;
  /** A filter at `position` in its SUBSCRIBE, from 0, beside those that the device has: SUBACK 0x80. */
  filter?(filters: Pick<ReadonlySet<string>, 'has' | 'size'>, filter: string, position: number): boolean;
}
