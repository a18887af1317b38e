/** The keys of `auth` on OneNET. */
import * as z from 'zod';
import { someTime } from '../../../input/fields.ts';
import { ONENET_HASHES } from './token.ts';

export const shape = {
  signmethod: z.enum(ONENET_HASHES).prefault('sha256').meta({ description: 'The hash of the password' }),
  expires: someTime()
    .prefault('1h')
    .meta({ description: 'How long what a device signs in with is good, from its signing' }),
};
