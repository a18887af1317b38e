/** What the stand-in allows, as the outside form has it; the flags of `mqtt-fleet broker` go through it too. */
import * as z from 'zod';
import { object, rate, size, wholeNumber } from '../../input/fields.ts';
import { type Quotas, REFUSALS } from '../../model/scenario.ts';
import { ALIYUN_QUOTAS } from '../../platform/aliyun/limits.ts';

const messageRate = object({
  qos0: rate().optional().meta({ description: 'The platform’s is 30/s' }),
  qos1: rate().optional().meta({ description: 'The platform’s is 10/s' }),
}).transform(({ qos0, qos1 }) => ({
  ...(qos0 === undefined ? {} : { qos0PerSec: qos0 }),
  ...(qos1 === undefined ? {} : { qos1PerSec: qos1 }),
}));

const someRate = rate().refine((perSec) => perSec > 0, { error: 'is not above 0' });

/** What is given beside `preset` takes the place of the preset's own number. */
export const quotaLimits = object({
  preset: z
    .literal('aliyun')
    .optional()
    .meta({ description: 'aliyun: the platform’s documented limits of 2019, where no other is given' }),
  connections: wholeNumber(1).optional().meta({ description: 'Open at once' }),
  connectRate: someRate
    .optional()
    .meta({ description: 'CONNECTs of all devices together; the platform’s is 500/s' }),
  connectsPerMinute: wholeNumber(1)
    .optional()
    .meta({ description: 'CONNECTs of one device; the platform’s is 5' }),
  messageRate: messageRate
    .optional()
    .meta({ description: 'Per device; what is above is acknowledged and dropped, as on the platform' }),
  messageSize: size()
    .optional()
    .meta({ description: 'A larger one ends the connection; the platform’s is 256KB' }),
  subscriptions: wholeNumber(0).optional().meta({ description: 'Of one device; the platform’s is 100' }),
  topicsPerSubscribe: wholeNumber(1).optional().meta({ description: 'The platform’s is 8' }),
  refuse: z.enum(REFUSALS).optional().meta({ description: 'How a CONNECT beyond a quota is answered' }),
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
