/** How the embedded stand-in behaves, as the outside form has it. */
import * as z from 'zod';
import { duration, object, rule, share, someTime, text } from '../../input/fields.ts';
import type { Delay, FaultPlan, StandInOptions } from '../../model/scenario.ts';
import { checkShares } from '../rules/scenario-rules.ts';
import { quotas } from './quota-schema.ts';

const mixturePart = object({
  share: share().meta({ description: 'Of the answers; the shares sum to 100%' }),
  delay: duration().meta({ description: 'Of these answers' }),
}).transform((value) => ({
  share: value.share,
  us: value.delay,
}));

const delay = z
  .union(
    [
      duration().transform((us): Delay => ({ kind: 'fixed', us })),
      object({ exponential: someTime().meta({ description: 'A random delay of this mean' }) }).transform(
        (value): Delay => ({ kind: 'exponential', meanUs: value.exponential }),
      ),
      z
        .array(mixturePart)
        .superRefine(rule(checkShares))
        .transform((parts): Delay => ({ kind: 'mixture', parts })),
    ],
    {
      error:
        'is no delay; write 20ms, { exponential: 30ms } or [{ share: 90%, delay: 5ms }, { share: 10%, delay: 200ms }]',
    },
  )
  .optional()
  .meta({ description: '20ms, { exponential: 30ms } or a list of { share, delay }' });

/** One of them alone needs no brackets. */
function oneOrMore<Each extends z.ZodType>(each: Each, error: string) {
  return z.union([each.transform((one) => [one]), z.array(each)], { error }).optional();
}

const freeze = object({
  at: duration().meta({ description: 'Since the first CONNECT' }),
  for: someTime().meta({ description: 'How long' }),
}).transform((value) => ({
  atUs: value.at,
  forUs: value.for,
}));

const disconnect = object({
  at: duration().meta({ description: 'Since the first CONNECT' }),
  share: share().prefault('100%').meta({ description: 'Of the open connections' }),
}).transform((value) => ({
  atUs: value.at,
  share: value.share,
}));

/** The faults still lack their seed, which is that of the scenario. */
export const broker = object({
  devices: text()
    .min(1)
    .optional()
    .meta({ description: 'The list it checks signatures against; the scenario’s devices when absent' }),
  tls: z.boolean().prefault(false).meta({ description: 'true: it listens with a certificate of its own' }),
  delay: object({
    connack: delay,
    puback: delay,
    reply: delay,
  })
    .optional()
    .meta({ description: 'How long its answers take' }),
  freeze: oneOrMore(freeze, 'is no freeze; write { at: 5s, for: 2s } or a list of such').meta({
    description: '{ at, for }, or a list of such: it answers nothing for that long',
  }),
  downlink: object({
    drop: share().optional().meta({ description: 'Never sent' }),
    repeat: share().optional().meta({ description: 'Sent twice' }),
    swap: share().optional().meta({ description: 'Sent after the next one' }),
  })
    .superRefine(
      rule(({ drop = 0, repeat = 0, swap = 0 }, complain) => {
        if (Math.max(drop, repeat, swap) <= 1 && drop + repeat + swap > 1)
          complain([], 'has shares that sum to over 100%');
      }),
    )
    .optional()
    .meta({ description: 'Faults in the messages it sends to devices' }),
  disconnect: oneOrMore(
    disconnect,
    'is no disconnect; write { at: 10s, share: 100% } or a list of such',
  ).meta({ description: '{ at, share }, or a list of such: it cuts connections' }),
  quotas: quotas.optional().meta({
    description:
      'What it allows: aliyun for the platform’s documented limits of 2019, or some of your own [none]',
  }),
}).transform(({ devices, tls, quotas, ...faults }): StandInOptions => {
  const plan: FaultPlan = faults;
  return {
    ...(devices === undefined ? {} : { devicesFile: devices }),
    tls,
    ...(Object.keys(plan).length === 0 ? {} : { faults: plan }),
    ...(quotas === undefined ? {} : { quotas }),
  };
});
