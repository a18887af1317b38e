/** The keys of `auth` for `method: hmac`. */
import * as z from 'zod';
import { wholeNumber } from '../../../input/fields.ts';
import { SIGNMETHODS } from '../../../model/scenario.ts';

export const shape = {
  signmethod: z.enum(SIGNMETHODS).prefault('hmacsha1').meta({ description: 'The HMAC of the password' }),
  timestamp: z
    .union([z.enum(['now', 'omit']), wholeNumber(0)], {
      error: 'is no timestamp; write now, omit or a number of ms',
    })
    .prefault('now')
    .meta({ description: 'now, omit, or a number of ms: a part of the signed content' }),
};
