/** The levels of a shard, kept by its devices. */
export interface Load {
  /** Attempts under way. */
  connecting: number;
  /** Connections open. */
  open: number;
  /** What a drain waits for: attempts, subscriptions, acknowledgements and replies still to come. */
  outstanding: number;
  /** Connections that were told to close and have not ended. */
  closing: number;
}

export function noLoad(): Load {
  return { connecting: 0, open: 0, outstanding: 0, closing: 0 };
}
