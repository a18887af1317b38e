/** What devices subscribe to and publish, as the outside form has it. */
import * as z from 'zod';
import { duration, object, qos, rule, someTime, text } from '../../../../input/fields.ts';
import type { Jitter, PublishPlan } from '../../../../model/scenario.ts';
import { parsePercent } from '../../../../model/units.ts';
import { checkPace, checkTopic } from './message-rules.ts';
import { type PayloadDraft, payload } from './payload-schema.ts';

/** A plan whose payload may still be in a file. */
export type PublishDraft = Omit<PublishPlan, 'payload'> & { payload: PayloadDraft };

const topic = (use: 'publish' | 'subscribe' | 'reply') =>
  text().superRefine(rule((value, complain) => checkTopic(value, use, complain)));

export const subscription = object({
  topic: topic('subscribe').meta({ description: 'With ${productKey}, ${deviceName}, ${clientId}' }),
  qos: qos().prefault(0).meta({ description: 'The platform has no QoS 2' }),
});

const NO_JITTER = 'is no jitter; write none, 10% or exponential';

/** One text with three forms rather than a union of three, so that a wrong one is answered with all of them. */
const jitter = z
  .string({ error: NO_JITTER })
  .regex(/^(?:none|exponential|\d+(?:\.\d+)?%)$/, { error: NO_JITTER })
  .transform((form, context): Jitter => {
    if (form === 'none' || form === 'exponential') return { kind: form };
    const share = parsePercent(form);
    if (share !== undefined && share <= 1) return { kind: 'uniform', share };
    context.addIssue({ code: 'custom', message: 'is over 100%' });
    return z.NEVER;
  });

export const publication = object({
  topic: topic('publish').meta({ description: 'With ${productKey}, ${deviceName}, ${clientId}' }),
  qos: qos().prefault(0).meta({ description: 'The platform has no QoS 2' }),
  every: duration().meta({ description: 'Per device; the devices take turns, evenly over it' }),
  jitter: jitter.prefault('none').meta({
    description:
      'none; 10%: each message up to that far from its time; exponential: random gaps of mean `every`',
  }),
  payload: payload.meta({ description: '{ template: … }, { file: body.json } or { size: 256B }' }),
  reply: topic('reply').optional().meta({
    description: 'Topic of the answer with the same id; subscribed to, and measured as reply_latency',
  }),
  replyTimeout: someTime().prefault('10s').meta({ description: 'An answer later than that is missing' }),
})
  .superRefine(rule((value, complain) => checkPace({ ...value, everyUs: value.every }, complain)))
  .transform(
    ({ every, replyTimeout, ...rest }): PublishDraft => ({
      ...rest,
      everyUs: every,
      replyTimeoutUs: replyTimeout,
    }),
  );
