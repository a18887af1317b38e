/** What devices subscribe to and publish, as the outside form has it. */
import * as z from 'zod';
import { object, percent, qos, rule, size, someTime, text } from './fields.ts';
import { checkReply, checkTemplate, checkTopic, MAX_MESSAGE_BYTES } from './rules.ts';
import type { PayloadSpec, PublishPlan } from './scenario.ts';

const topic = (use: 'publish' | 'subscribe' | 'reply') =>
  text().superRefine(rule((value, complain) => checkTopic(value, use, complain)));

export const subscription = object({ topic: topic('subscribe'), qos: qos().prefault(0) });

const payload = z.union(
  [
    object({ template: text().superRefine(rule(checkTemplate)) }).transform(
      (value): PayloadSpec => ({ kind: 'template', ...value }),
    ),
    object({
      size: size().refine((bytes) => bytes <= MAX_MESSAGE_BYTES, {
        error: 'is over the 256KB of an MQTT message',
      }),
    }).transform((value): PayloadSpec => ({ kind: 'size', bytes: value.size })),
  ],
  { error: 'is no payload; write { template: \'{"id":"${seq}"}\' } or { size: 256B }' },
);

export const publication = object({
  topic: topic('publish'),
  qos: qos().prefault(0),
  every: someTime(),
  jitter: percent()
    .refine((fraction) => fraction <= 1, { error: 'is over 100%' })
    .optional(),
  payload,
  reply: topic('reply').optional(),
})
  .superRefine(
    rule((value, complain) => {
      if (value.reply !== undefined)
        checkReply(value.payload, (_path, ...what) => complain(['reply'], ...what));
    }),
  )
  .transform(
    ({ every, ...rest }): PublishPlan => ({
      ...rest,
      everyUs: every,
    }),
  );
