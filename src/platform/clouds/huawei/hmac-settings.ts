/** The keys of `auth` on Huawei Cloud. */
import * as z from 'zod';

export const shape = {
  checkTimestamp: z.boolean().prefault(false).meta({
    description: 'Whether the client id asks the platform to check the hour: _0_1_ rather than _0_0_',
  }),
};
