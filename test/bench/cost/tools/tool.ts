/** One of those that are compared. */
import type { Broker } from '../broker.ts';
import type { Figures } from '../figures.ts';
import type { Load, Said } from '../load.ts';

export type Tool = WatchedTool | MeasuredTool;

interface NamedTool {
  /** Of its row. */
  name: string;
  /** Undefined if it can do this; otherwise why not. */
  lacks(load: Load): Promise<string | undefined>;
}

/** Connects to the broker and stays, so that it can be watched from outside. */
export interface WatchedTool extends NamedTool {
  /** Resolves when all that is not to be measured is behind it: started, rehearsed, and about to connect. */
  start(load: Load, broker: Broker): Promise<Running>;
}

/** Does not stay; how it is measured is its own affair. */
export interface MeasuredTool extends NamedTool {
  measure(load: Load): Promise<Figures>;
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
