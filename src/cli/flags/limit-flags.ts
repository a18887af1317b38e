/** The flags of `mqtt-fleet limit` that say what is searched, how far, and what "holds" means. */
import * as z from 'zod';
import { percentage, someTime, wholeNumber } from '../../input/fields.ts';
import { LIMIT_KINDS } from '../../limit/limit-report.ts';

const properShare = () => percentage().refine((fraction) => fraction < 1, { error: 'is not below 100%' });

export const LIMIT_FLAGS = {
  of: z.enum(LIMIT_KINDS).prefault(LIMIT_KINDS[0]).meta({
    description: 'What to search: connections held at once, connects per second, messages per second',
  }),
  max: wholeNumber(1).optional().meta({ description: 'Go no higher [what the devices allow]' }),
  resolution: properShare()
    .refine((fraction) => fraction > 0, { error: 'is not above 0%' })
    .optional()
    .meta({
      description:
        'Narrow enough: width of the interval in relation to its upper end [1%, and to the last connection within 64]',
    }),
  hold: someTime().optional().meta({
    description: 'Length of a trial once it has its load [connections 2s, connect-rate 3s, message-rate 5s]',
  }),
  maxFailures: properShare()
    .prefault('0%')
    .meta({ description: 'Of the connects or messages of a trial that holds' }),
  maxP99: z
    .string()
    .transform((given) => (given === 'none' ? null : given))
    .pipe(z.union([z.null(), someTime()], { error: 'is no time; write e.g. 500ms, or none' }))
    .optional()
    .meta({
      description:
        'Of connect latency or message round trip in a trial that holds, or none [connections none, rates 1s]',
    }),
  budget: someTime().prefault('10m').meta({ description: 'Stop after this time, with the bounds so far' }),
};
