/** The outside form of `target`: where the devices go. */
import * as z from 'zod';
import { object } from '../../input/fields.ts';
import type { Platform } from '../../platform/platform.ts';
import { type GivenTarget, parseTarget } from '../target.ts';

const hostPart = z.string().regex(/^[A-Za-z0-9-]+$/, { error: 'is no id; letters, digits and - only' });

export const targetOf = ({ credentials }: Platform) =>
  z.union(
    [
      z.string().transform((address, context): GivenTarget => {
        const found = parseTarget(address, credentials);
        if ('kind' in found) return found;
        context.addIssue({ code: 'custom', message: found.wrong, params: { hint: found.hint } });
        return z.NEVER;
      }),
      object({
        region: hostPart.meta({
          description: 'Of the Aliyun IoT Platform, for devices of its public instance',
        }),
        tls: z.boolean().prefault(true).meta({ description: 'false: plain TCP, and securemode 3' }),
      }).transform(
        (value): GivenTarget => ({
          kind: 'region',
          ...value,
        }),
      ),
      object({
        instance: hostPart.meta({ description: 'Id of an instance of the Aliyun IoT Platform' }),
        tls: z.boolean().prefault(true).meta({ description: 'false: plain TCP, and securemode 3' }),
      }).transform((value): GivenTarget => ({ kind: 'instance', ...value })),
    ],
    { error: 'is no target; write embedded, list, a URL, { region: cn-shanghai } or { instance: iot-xxx }' },
  );
