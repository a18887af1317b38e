/** What the stand-in allows, as the outside form has it. */
import * as z from 'zod';
import { object } from '../../input/fields.ts';
import type { Quotas } from '../../model/scenario.ts';
import { PLATFORM_QUOTAS, quotaFields, quotasFrom } from '../../stand-in/quotas/quotas.ts';

export const quotas = z.union(
  [z.literal('aliyun').transform((): Quotas => PLATFORM_QUOTAS), object(quotaFields).transform(quotasFrom)],
  { error: 'are no quotas; write aliyun or e.g. { connections: 437, connectRate: 300/s }' },
);
