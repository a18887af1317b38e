/** When devices connect and from where, and when they come back, as the outside form has it. */
import { isIP } from 'node:net';
import * as z from 'zod';
import { duration, object, rate, rule, someTime, text, wholeNumber } from '../../input/fields.ts';
import type { ReconnectPolicy } from '../../model/scenario.ts';
import { formatDuration } from '../../model/units.ts';
import {
  MAX_CONNECTS_PER_MINUTE,
  MAX_KEEPALIVE_SEC,
  MIN_KEEPALIVE_SEC,
} from '../../platform/aliyun/limits.ts';
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

/** Five attempts a minute are one each 12 s on average, so that the default never waits for the limit. */
const policyOf = (delayIs: string) =>
  object({
    policy: z
      .enum(['fixed', 'exponential'])
      .prefault('exponential')
      .meta({ description: 'exponential: a random wait up to delay · 2^n, at most maxDelay; fixed: delay' }),
    delay: someTime().prefault('12s').meta({ description: delayIs }),
    maxDelay: someTime().prefault('5m').meta({ description: 'The longest wait of the exponential policy' }),
    perMinute: wholeNumber(1).prefault(MAX_CONNECTS_PER_MINUTE).meta({
      description: 'Connects of one device in any minute, whatever the policy says; Aliyun’s limit is 5',
    }),
  })
    .superRefine(
      rule((value, complain) => {
        if (value.policy === 'fixed' || value.delay <= value.maxDelay) return;
        complain(['delay'], 'is above maxDelay', `which is ${formatDuration(value.maxDelay)}`);
      }),
    )
    .transform(
      (value): ReconnectPolicy => ({
        policy: value.policy,
        delayUs: value.delay,
        maxDelayUs: value.maxDelay,
        perMinute: value.perMinute,
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

export const reconnect = reconnectWith(policyOf('The wait before the first attempt, at most'));
const retry = reconnectWith(policyOf('The wait before the second attempt, at most'));

const keepalive = duration().superRefine(
  rule((us, complain) => {
    const sec = us / 1e6;
    const range = `the platform takes ${MIN_KEEPALIVE_SEC}s to ${MAX_KEEPALIVE_SEC}s`;
    if (sec < MIN_KEEPALIVE_SEC || sec > MAX_KEEPALIVE_SEC) complain([], 'is out of range', range);
    else if (!Number.isInteger(sec)) complain([], 'is not a whole number of seconds', range);
  }),
);

export const connect = object({
  /** Absent: 100/s until all devices are started. */
  stages: z
    .array(stage)
    .superRefine(rule(checkStages))
    .optional()
    .meta({ description: 'One after another; without them 100/s until every device is started' }),
  keepalive: keepalive.prefault('300s').meta({ description: 'The platform takes 30s to 1200s' }),
  timeout: someTime()
    .prefault('10s')
    .meta({ description: 'From the start of an attempt to its CONNACK, and again to the SUBACK' }),
  maxInFlight: wholeNumber(1).prefault(1000).meta({
    description:
      'Attempts under way at once; a start beyond that is dropped and counted, a retry or return waits',
  }),
  retry: retry.prefault('off').meta({
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
