/** The keys of `auth` on Tencent Cloud. */
import * as z from 'zod';
import { someTime, text } from '../../../input/fields.ts';
import { TENCENT_HASH, type TencentSignmethod } from './password.ts';

export const shape = {
  signmethod: z
    .enum(Object.keys(TENCENT_HASH) as TencentSignmethod[])
    .prefault('hmacsha256')
    .meta({ description: 'The hash of the password' }),
  appId: text().min(1).prefault('12010126').meta({
    description: 'In the user name: 12010126, or what your SDK has there (21010406)',
  }),
  expires: someTime()
    .prefault('1h')
    .meta({ description: 'How long what a device signs in with is good, from its signing' }),
};
