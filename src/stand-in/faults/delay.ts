/** How long an answer waits, drawn from a distribution that is known, so that what a client measures can be held against it. */
import * as z from 'zod';
import { type Complain, duration, object, rule, share, someTime } from '../../input/fields.ts';
import { parseDurationUs } from '../../model/units.ts';
import { weightedDraw } from '../../statistics/random.ts';
import { ANSWERS, type Answer } from '../endpoint/truth.ts';
import { parseList, parseShare, readBy } from '../flag-text.ts';
import type { Flag } from '../setting.ts';
import type { Fault } from './fault.ts';

export type Delay =
  | { kind: 'fixed'; us: number }
  | { kind: 'exponential'; meanUs: number }
  | { kind: 'mixture'; parts: { share: number; us: number }[] };

type Delays = { [Kind in Answer]?: Delay };

const mixturePart = object({
  share: share().meta({ description: 'Of the answers; the shares sum to 100%' }),
  delay: duration().meta({ description: 'Of these answers' }),
}).transform((value) => ({
  share: value.share,
  us: value.delay,
}));

const oneDelay = z
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

function sumOf(parts: readonly { share: number }[]): number {
  return parts.reduce((sum, { share }) => sum + share, 0);
}

/** Decimal fractions do not sum exactly. The slack is far below any share one could write on purpose, and far above what adding loses. */
function isWhole(sum: number): boolean {
  return Math.abs(sum - 1) < 1e-9;
}

function checkShares(parts: readonly { share: number }[], complain: Complain): void {
  const sum = sumOf(parts);
  if (isWhole(sum)) return;
  complain([], `has shares that sum to ${Number((sum * 100).toFixed(6))}%`, 'they must sum to 100%');
}

const FORMS = '20ms, exponential:30ms or 90%:5ms,10%:200ms';

function flag(part: Answer, describe: string): Flag {
  return {
    name: `delay-${part}`,
    type: 'string',
    describe,
    schema: readBy(parseDelay, `e.g. ${FORMS}`),
    part,
  };
}

export const delay = {
  key: 'delay',
  schema: object({
    connack: oneDelay,
    puback: oneDelay,
    reply: oneDelay,
    auth: oneDelay,
    register: oneDelay,
  }).meta({
    description: 'How long its answers take',
  }),
  flags: [
    flag('connack', `Answer CONNECTs this late: ${FORMS}`),
    flag('puback', 'Acknowledge PUBLISHes this late; same forms'),
    flag('reply', 'Answer property posts, and what else devices ask, this late; same forms'),
    flag('auth', 'Answer requests of a token (--http-port) this late; same forms'),
    flag('register', 'Give registered devices their secrets this late; same forms'),
  ],
  counters: [],
  begin(delays, { at, random }) {
    const samplers: Partial<Record<Answer, () => number>> = {};
    for (const kind of ANSWERS) {
      const asked = delays[kind];
      if (asked !== undefined) samplers[kind] = delaySampler(asked, random(`delay ${kind}`));
    }
    return {
      hold(kind, askedUs, answer) {
        const sample = samplers[kind];
        if (sample === undefined) answer();
        else at(askedUs + sample(), answer);
      },
    };
  },
} as const satisfies Fault<Delays>;

/** Reads what a flag says. Shares of a mixture must be 100% together. */
export function parseDelay(given: string): Delay | undefined {
  if (given.includes('%')) return parseMixture(given);
  const exponential = given.startsWith('exponential:');
  const us = parseDurationUs(exponential ? given.slice('exponential:'.length) : given);
  if (us === undefined) return undefined;
  return exponential ? { kind: 'exponential', meanUs: us } : { kind: 'fixed', us };
}

function parseMixture(given: string): Delay | undefined {
  const parts = parseList(given, (part) => {
    const [percent = '', duration = '', ...more] = part.split(':');
    const share = parseShare(percent);
    const us = parseDurationUs(duration);
    return share === undefined || us === undefined || more.length > 0 ? undefined : { share, us };
  });
  if (parts === undefined) return undefined;
  return isWhole(sumOf(parts)) ? { kind: 'mixture', parts } : undefined;
}

/** Draws delays in whole µs; `random` gives numbers in [0, 1). */
export function delaySampler(delay: Delay, random: () => number): () => number {
  switch (delay.kind) {
    case 'fixed':
      return () => delay.us;
    case 'exponential':
      // The inverse of 1 − e^(−x/mean). 1 − random() is never 0, so the logarithm is finite.
      return () => Math.round(-delay.meanUs * Math.log1p(-random()));
    case 'mixture':
      return weightedDraw(
        delay.parts.map(({ us, share }) => ({ value: us, weight: share })),
        random,
      );
  }
}
