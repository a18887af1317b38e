/** When devices connect and from where, and when they come back, as the outside form has it. */
import { isIP } from 'node:net';
import * as z from 'zod';
import { duration, object, rate, rule, someTime, text, wholeNumber } from '../../input/fields.ts';
import type { ReconnectPolicy } from '../../model/scenario.ts';
import { formatDuration } from '../../model/units.ts';
import type { Platform } from '../../platform/platform.ts';
import { checkStages } from '../rules/scenario-rules.ts';

const stage = object({
  duration: someTime().meta({ description: 'How long the stage lasts' }),
  from: rate().optional().meta({
    description:
      'The rate at its beginning, from which it goes linearly to `rate`; the same as `rate` when absent',
  }),
  rate: rate().meta({ description: 'Connects started, at the end of the stage' }),
}).transform((value) => ({
  durationUs: value.duration,
  fromPerSec: value.from ?? value.rate,
  toPerSec: value.rate,
}));

const NO_POLICY = 'is neither off nor a policy; write off or { policy: exponential, delay: 12s }';

/** The platform's own limit where none is given; a limit that is infinite cannot be written, and is left out. */
function orLimit(schema: z.ZodInt, limit: number): z.ZodPrefault<z.ZodInt> | z.ZodOptional<z.ZodInt> {
  return Number.isFinite(limit) ? schema.prefault(limit) : schema.optional();
}

/** Five attempts a minute are one each 12 s on average, so that the default never waits for the limit. */
const policyOf = ({ limits }: Platform, delayIs: string) =>
  object({
    policy: z
      .enum(['fixed', 'exponential'])
      .prefault('exponential')
      .meta({ description: 'exponential: a random wait up to delay · 2^n, at most maxDelay; fixed: delay' }),
    delay: someTime().prefault('12s').meta({ description: delayIs }),
    maxDelay: someTime().prefault('5m').meta({ description: 'The longest wait of the exponential policy' }),
    perMinute: orLimit(wholeNumber(1), limits.connectsPerMinute).meta({
      description:
        'Connects of one device in any minute, whatever the policy says; Aliyun’s limit is 5, platform: plain has none',
    }),
  })
    .superRefine(
      rule((value, complain) => {
        // Of what is no duration that has been said: it is above nothing.
        if (value.policy === 'fixed' || !(value.delay > value.maxDelay)) return;
        complain(['delay'], 'is above maxDelay', `which is ${formatDuration(value.maxDelay)}`);
      }),
    )
    .transform(
      (value): ReconnectPolicy => ({
        policy: value.policy,
        delayUs: value.delay,
        maxDelayUs: value.maxDelay,
        perMinute: value.perMinute ?? limits.connectsPerMinute,
      }),
    );

/** `off` is a text in YAML 1.2 and false in 1.1 and in JSON. The name of a policy is the policy with its defaults. */
const reconnectWith = (policy: ReturnType<typeof policyOf>) =>
  z.union(
    [
      z.literal(['off', false], { error: NO_POLICY }).transform((): undefined => undefined),
      z
        .enum(['exponential', 'fixed'], { error: NO_POLICY })
        .transform((name): ReconnectPolicy => policy.parse({ policy: name })),
      policy,
    ],
    { error: NO_POLICY },
  );

export const reconnectOf = (platform: Platform) =>
  reconnectWith(policyOf(platform, 'The wait before the first attempt, at most'));
const retryOf = (platform: Platform) =>
  reconnectWith(policyOf(platform, 'The wait before the second attempt, at most'));

const keepaliveOf = ({ who, limits }: Platform) =>
  duration().superRefine(
    rule((us, complain) => {
      const sec = us / 1e6;
      const [least, most] = limits.keepaliveSec;
      const range = `${who} takes ${least}s to ${most}s`;
      if (sec < least || sec > most) complain([], 'is out of range', range);
      else if (!Number.isInteger(sec)) complain([], 'is not a whole number of seconds', range);
    }),
  );

export const connectOf = (platform: Platform) =>
  object({
    /** Absent: 100/s until all devices are started. */
    stages: z
      .array(stage)
      .superRefine(rule(checkStages))
      .optional()
      .meta({ description: 'One after another; without them 100/s until every device is started' }),
    keepalive: keepaliveOf(platform)
      .prefault('300s')
      .meta({ description: 'Aliyun takes 30s to 1200s; platform: plain 0s, which is none, to 65535s' }),
    timeout: someTime()
      .prefault('10s')
      .meta({ description: 'From the start of an attempt to its CONNACK, and again to the SUBACK' }),
    maxInFlight: wholeNumber(1).prefault(1000).meta({
      description:
        'Attempts under way at once; a start beyond that is dropped and counted, a retry or return waits',
    }),
    retry: retryOf(platform).prefault('off').meta({
      description: 'What a device does whose first connect failed: off, or a policy as of `reconnect`',
    }),
  }).transform((value) => ({
    ...(value.stages === undefined ? {} : { stages: value.stages }),
    keepaliveSec: value.keepalive / 1e6,
    timeoutUs: value.timeout,
    maxInFlight: value.maxInFlight,
    ...(value.retry === undefined ? {} : { retry: value.retry }),
  }));

/** Whether they are addresses of this machine, the preflight says. */
export const localAddresses = z
  .array(text().refine((address) => isIP(address) !== 0, { error: 'is not an IP address' }))
  .min(1)
  .superRefine(
    rule((addresses, complain) => {
      const seen = new Set<string>();
      for (const [at, address] of addresses.entries()) {
        if (seen.has(address)) complain([at], 'is given twice');
        seen.add(address);
      }
    }),
  );
