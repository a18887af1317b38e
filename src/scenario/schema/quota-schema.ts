/** What the stand-in allows, as the outside form has it; the flags of `mqtt-fleet broker` go through it too. */
import * as z from 'zod';
import { object, rate, size, wholeNumber } from '../../input/fields.ts';
import { type Quotas, REFUSALS } from '../../model/scenario.ts';
import { ALIYUN_QUOTAS } from '../../platform/aliyun/limits.ts';

const messageRate = object({ qos0: rate().optional(), qos1: rate().optional() }).transform(
  ({ qos0, qos1 }) => ({
    ...(qos0 === undefined ? {} : { qos0PerSec: qos0 }),
    ...(qos1 === undefined ? {} : { qos1PerSec: qos1 }),
  }),
);

const someRate = rate().refine((perSec) => perSec > 0, { error: 'is not above 0' });

/** What is given beside `preset` takes the place of the preset's own number. */
export const quotaLimits = object({
  preset: z.literal('aliyun').optional(),
  connections: wholeNumber(1).optional(),
  connectRate: someRate.optional(),
  connectsPerMinute: wholeNumber(1).optional(),
  messageRate: messageRate.optional(),
  messageSize: size().optional(),
  subscriptions: wholeNumber(0).optional(),
  topicsPerSubscribe: wholeNumber(1).optional(),
  refuse: z.enum(REFUSALS).optional(),
}).transform(({ preset, connectRate, messageRate, messageSize, ...same }): Quotas => {
  const base = preset === undefined ? {} : ALIYUN_QUOTAS;
  return {
    ...base,
    ...same,
    ...(connectRate === undefined ? {} : { connectsPerSec: connectRate }),
    ...(messageRate === undefined ? {} : { messageRate: { ...base.messageRate, ...messageRate } }),
    ...(messageSize === undefined ? {} : { messageBytes: messageSize }),
  };
});

export const quotas = z.union([z.literal('aliyun').transform((): Quotas => ALIYUN_QUOTAS), quotaLimits], {
  error: 'are no quotas; write aliyun or e.g. { connections: 437, connectRate: 300/s }',
});
