/**
 * The kinds of value a scenario is made of, as zod schemas from the outside form (`30s`) to the inside one (integers). Messages are
 * predicates; the converter (complaints) puts the value as it was written in front.
 */
import * as z from 'zod';
import {
  DURATION_PATTERN,
  PERCENT_PATTERN,
  parseDurationUs,
  parsePercent,
  parseRatePerSec,
  parseSizeBytes,
  RATE_PATTERN,
  SIZE_PATTERN,
} from '../model/units.ts';

/** `path` is of the outside form, from where the rule looks. */
export type Complain = (path: readonly PropertyKey[], message: string, hint?: string) => void;

/** An object that takes these keys and no others. The message of an unknown key is the list of the valid ones, for the converter. */
export function object<Shape extends z.core.$ZodShape>(shape: Shape) {
  const names = Object.keys(shape)
    .filter((name) => name !== '$schema')
    .join(' ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? names : undefined),
  });
}

/** Text of one form, and the number that it means. */
function amount(pattern: RegExp, parse: (text: string) => number | undefined, error: string) {
  return z
    .string({ error })
    .regex(pattern, { error })
    .transform((text, context) => {
      const value = parse(text);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: 'is too great an amount' });
      return z.NEVER;
    });
}

export const duration = () =>
  amount(DURATION_PATTERN, parseDurationUs, 'is not a duration; write e.g. 10s, 1m30s, 250ms');
export const rate = () => amount(RATE_PATTERN, parseRatePerSec, 'is not a rate; write e.g. 500/s, 90/m');
export const size = () => amount(SIZE_PATTERN, parseSizeBytes, 'is not a size; write e.g. 256B, 4KB');
export const percentage = () => amount(PERCENT_PATTERN, parsePercent, 'is not a percentage; write e.g. 10%');

/** At most all of it. */
export const share = () => percentage().refine((fraction) => fraction <= 1, { error: 'is over 100%' });

/** Above 0. */
export const someTime = () => duration().refine((us) => us > 0, { error: 'is not above 0' });

export const text = () => z.string();

/** A text and what it means, with one message where it means nothing. */
export function parsed<Value>(parse: (given: string) => Value | undefined, message: string, hint?: string) {
  return text().transform((given, context): Value => {
    const value = parse(given);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message, params: { hint } });
    return z.NEVER;
  });
}

export const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER) => z.int().min(least).max(most);

const QOS = [0, 1] as const;

/** MQTT has three; why the third is not possible, whoever parses says. */
export const qos = () =>
  z.literal(QOS, {
    error: (issue) => (issue.input === 2 ? undefined : 'is not a QoS; it is 0 or 1'),
  });

/** Whether this is about QoS 2. */
export function isQos2(issue: z.core.$ZodRawIssue): boolean {
  return issue.code === 'invalid_value' && issue.input === 2 && issue.values.join() === QOS.join();
}

/** For `superRefine`: a rule over the value, its complaints as issues with paths from here. */
export function rule<Value>(check: (value: Value, complain: Complain) => void) {
  return (value: Value, context: z.core.$RefinementCtx<Value>): void => {
    check(value, (path, message, hint) => {
      context.addIssue({ code: 'custom', path: [...path], message, params: { hint } });
    });
  };
}
