/** What devices subscribe to and publish, as the outside form has it. */
import * as z from 'zod';
import { duration, object, qos, rule, someTime, text } from '../../../../input/fields.ts';
import type { Jitter, PublishPlan } from '../../../../model/scenario.ts';
import { parsePercent } from '../../../../model/units.ts';
import { checkPace, checkReply, checkTopic } from './message-rules.ts';
import { type PayloadDraft, payload } from './payload-schema.ts';

/** Its payload may still be in a file. */
export type PublishDraft = Omit<PublishPlan, 'payload'> & { payload: PayloadDraft };

const topic = (use: 'publish' | 'subscribe' | 'reply') =>
  text().superRefine(rule((value, complain) => checkTopic(value, use, complain)));

export const subscription = object({ topic: topic('subscribe'), qos: qos().prefault(0) });

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
  topic: topic('publish'),
  qos: qos().prefault(0),
  every: duration(),
  jitter: jitter.prefault('none'),
  payload,
  reply: topic('reply').optional(),
  replyTimeout: someTime().prefault('10s'),
})
  .superRefine(
    rule((value, complain) => {
      checkPace({ ...value, everyUs: value.every }, complain);
      // What is in a file is judged when it has been read (payload-file).
      if (value.reply === undefined || value.payload.kind === 'file') return;
      checkReply(value.payload, (_path, ...what) => complain(['reply'], ...what));
    }),
  )
  .transform(
    ({ every, replyTimeout, ...rest }): PublishDraft => ({
      ...rest,
      everyUs: every,
      replyTimeoutUs: replyTimeout,
    }),
  );
