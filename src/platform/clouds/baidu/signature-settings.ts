/** The keys of `auth` on Baidu. */
import * as z from 'zod';
import { BAIDU_HASH, type BaiduMethod } from './password.ts';

export const shape = {
  signmethod: z
    .enum(Object.keys(BAIDU_HASH) as BaiduMethod[])
    .prefault('SHA256')
    .meta({ description: 'The hash of the password' }),
  timestamp: z
    .enum(['now', 'omit'])
    .prefault('now')
    .meta({ description: 'now or omit: a part of the signed content' }),
};
