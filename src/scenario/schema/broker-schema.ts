/** How the embedded stand-in behaves, as the outside form has it. */
import * as z from 'zod';
import { duration, object, rule, share, someTime, text } from '../../input/fields.ts';
import type { Delay, FaultPlan, StandInOptions } from '../../model/scenario.ts';
import { checkShares } from '../rules/scenario-rules.ts';
import { quotas } from './quota-schema.ts';

const mixturePart = object({ share: share(), delay: duration() }).transform((value) => ({
  share: value.share,
  us: value.delay,
}));

const delay = z
  .union(
    [
      duration().transform((us): Delay => ({ kind: 'fixed', us })),
      object({ exponential: someTime() }).transform(
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
  .optional();

/** One of them alone needs no brackets. */
function oneOrMore<Each extends z.ZodType>(each: Each, error: string) {
  return z.union([each.transform((one) => [one]), z.array(each)], { error }).optional();
}

const freeze = object({ at: duration(), for: someTime() }).transform((value) => ({
  atUs: value.at,
  forUs: value.for,
}));

const disconnect = object({ at: duration(), share: share().prefault('100%') }).transform((value) => ({
  atUs: value.at,
  share: value.share,
}));

/** The faults still lack their seed, which is that of the scenario. */
export const broker = object({
  devices: text().min(1).optional(),
  tls: z.boolean().prefault(false),
  delay: object({ connack: delay, puback: delay, reply: delay }).optional(),
  freeze: oneOrMore(freeze, 'is no freeze; write { at: 5s, for: 2s } or a list of such'),
  downlink: object({
    drop: share().optional(),
    repeat: share().optional(),
    swap: share().optional(),
  })
    .superRefine(
      rule(({ drop = 0, repeat = 0, swap = 0 }, complain) => {
        if (Math.max(drop, repeat, swap) <= 1 && drop + repeat + swap > 1)
          complain([], 'has shares that sum to over 100%');
      }),
    )
    .optional(),
  disconnect: oneOrMore(disconnect, 'is no disconnect; write { at: 10s, share: 100% } or a list of such'),
  quotas: quotas.optional(),
}).transform(({ devices, tls, quotas, ...faults }): StandInOptions => {
  const plan: FaultPlan = faults;
  return {
    ...(devices === undefined ? {} : { devicesFile: devices }),
    tls,
    ...(Object.keys(plan).length === 0 ? {} : { faults: plan }),
    ...(quotas === undefined ? {} : { quotas }),
  };
});
