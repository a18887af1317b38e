/** What a shard sent and received, as it closes its books: plain data, which goes to the coordinator and into the journal as it is. */

export interface Ledger {
  /** Of each plan of each device what its Sending reports. */
  sent: Float64Array;
  /** Four numbers for each stream whose receiver was there at the end. */
  received: Float64Array;
  /** Messages that receivers miss among those that came. */
  missing: number;
  shares: ShareBooks[];
}

/** From when on a member that went may not have been there until it was back. */
export interface Doubt {
  fromUs: number;
  toUs: number;
}

/** One sender's messages on one plan, to a group. */
export interface SharedStream {
  device: number;
  plan: number;
  /** The first number that the group certainly should have had; Infinity while there is none. */
  from: number;
  highest: number;
  /** One bit per number that came. */
  words: Uint32Array;
  /** Of those of each word: the earliest time that one was meant for, and the latest at which one came; 0 for none. */
  intendedUs: Float64Array;
  cameUs: Float64Array;
  /** The first numbers of the sender's connections. */
  connections: Set<number>;
  /** No member can have got a copy by another subscription too. */
  isSingle: boolean;
  /** There was room for all that came. */
  isWhole: boolean;
}

/** Plain data: it is sent to the coordinator as it is. */
export interface ShareBooks {
  name: string;
  /** Since when one member at least is there. */
  fromUs: number;
  doubts: Doubt[];
  streams: SharedStream[];
}
