/** A message on its way to devices. */

export interface Message {
  topic: string;
  payload: string | Buffer;
  qos: 0 | 1 | 2;
  /** The time (µs of the clock) at which that arrived which a reply answers. */
  askedUs?: number;
  /** Of MQTT 5: what goes with it, as it is on the wire. */
  properties?: Uint8Array;
  /** The time (µs of the clock) from which on it is of no use; never, when absent. */
  expiresUs?: number;
}

/** What becomes of messages that are kept. */
export type KeptCounts = Record<'messages_stored' | 'messages_resent' | 'messages_dropped_away', number>;
