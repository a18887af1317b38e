/** What a shard sent and received, as it closes its books: plain data, which goes to the coordinator and into the journal as it is. */

export interface Ledger {
  /** What the Sending of each plan of each device reports. */
  sent: Float64Array;
  /** Four numbers for each stream whose receiver was there at the end. */
  received: Float64Array;
  /** Messages that receivers miss among those that came. */
  missing: number;
  shares: ShareBooks[];
}

/** Time in which a member that went may not have been there, until it was back. */
export interface Doubt {
  fromUs: number;
  toUs: number;
}

/** Messages of one sender on one plan, to a group. */
export interface SharedStream {
  device: number;
  plan: number;
  /** Number of the first message that the group certainly should have had; Infinity while there is none. */
  from: number;
  highest: number;
  /** Bits, one per number that came. */
  words: Uint32Array;
  /** Earliest time that a message of each word was meant for; in `cameUs` the latest at which one came; 0 for none. */
  intendedUs: Float64Array;
  cameUs: Float64Array;
  /** Numbers of the first messages of the sender's connections. */
  connections: Set<number>;
  /** Whether no member can have got a copy by another subscription too. */
  isSingle: boolean;
  /** Whether there was room for all that came. */
  isWhole: boolean;
}

/** Books of a shared subscription: plain data, sent to the coordinator as it is. */
export interface ShareBooks {
  name: string;
  /** Time since when one member at least is there. */
  fromUs: number;
  doubts: Doubt[];
  streams: SharedStream[];
}
