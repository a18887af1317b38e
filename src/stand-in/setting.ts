/** Something that the stand-in can be told: a key below `broker` in a scenario, and flags of `mqtt-fleet broker`. */
import type * as z from 'zod';

export interface Setting<Value> {
  /** Its name in a scenario. */
  key: string;
  /** From the outside form to the inside one; its `meta` says what it is for. */
  schema: z.ZodType<Value>;
  /** The flag that sets all of it, or those that set a part each. */
  flags: readonly Flag[];
  /** What is wrong with parts that are each possible. */
  contradiction?(value: Value): string | undefined;
}

export interface Flag {
  /** Without its dashes. */
  name: string;
  type: 'string' | 'number';
  describe: string;
  /** From what is typed to the inside form; that of the scenario's key when absent. */
  schema?: z.ZodType;
  /** What it sets of the value, by the name inside; all of it when absent. */
  part?: string;
}
