/** What the stand-in allows, as the outside form has it. */
import * as z from 'zod';
import { object } from '../../input/fields.ts';
import type { Quotas } from '../../model/scenario.ts';
import { PRESET_NAMES, PRESETS, quotaFields, quotasFrom } from '../../stand-in/quotas/quotas.ts';

export const quotas = z.union(
  [
    z.enum(PRESET_NAMES).transform((name): Quotas => PRESETS[name]),
    object(quotaFields).transform(quotasFrom),
  ],
  { error: 'are no quotas; write aliyun, apsaramq or e.g. { connections: 437, connectRate: 300/s }' },
);
