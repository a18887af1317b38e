/** All faults of the stand-in, and what follows from the list: the type of a plan and the keys in a scenario. */
import * as z from 'zod';
import type { Setting } from '../setting.ts';
import { delay } from './delay.ts';
import { disconnect } from './disconnect.ts';
import { downlink } from './downlink.ts';
import type { Fault } from './fault.ts';
import { freeze } from './freeze.ts';

/** The faults, in the order in which they are listed everywhere and in which what they hold up passes them. */
export const FAULTS = [delay, freeze, downlink, disconnect] as const satisfies readonly Fault<
  unknown,
  string
>[];

type AnyFault = (typeof FAULTS)[number];
export type FaultCounter = AnyFault['counters'][number];

type FaultsByKey = { [Each in AnyFault as Each['key']]?: z.output<Each['schema']> };

declare module '../../model/scenario.ts' {
  interface FaultPlan extends FaultsByKey {}
}

/** The seed of all that is drawn at random. In a scenario it is the scenario's own. */
const seed = {
  key: 'seed',
  schema: z.int({ error: 'not a whole number' }),
  flags: [{ name: 'seed', type: 'number', describe: 'Of all that is drawn at random; 1 if not given' }],
} as const satisfies Setting<number>;

/** All that a plan is made of. */
export const PLAN_SETTINGS = [...FAULTS, seed] as const;

/** What stands below `broker` for them. */
export const faultFields = Object.fromEntries(FAULTS.map(({ key, schema }) => [key, schema.optional()])) as {
  [Each in AnyFault as Each['key']]: z.ZodOptional<Each['schema']>;
};
