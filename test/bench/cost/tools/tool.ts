/** One of those that are compared. */
import type { Broker } from '../broker.ts';
import type { Load, Said } from '../load.ts';

export interface Tool {
  /** Of its row. */
  name: string;
  /** Undefined if it can do this; otherwise why not. */
  lacks(load: Load): Promise<string | undefined>;
  /** Resolves when all that is not to be measured is behind it: started, rehearsed, and about to connect. */
  start(load: Load, broker: Broker): Promise<Running>;
}

export interface Running {
  pid: number;
  /** Lets it connect, where it has waited to be told. */
  begin(): void;
  /** Ends it in order; undefined from one that says nothing. */
  end(): Promise<Said | undefined>;
  /** Ends it at once, if it has not ended. */
  kill(): Promise<void>;
}
