/** All quotas of the stand-in, and what follows from the list: their type, their keys in a scenario, and those of the platform. */
import * as z from 'zod';
import { type Quotas, REFUSALS } from '../../model/scenario.ts';
import { APSARA_LIMITS } from '../../platform/clouds/apsaramq/limits.ts';
import type { Setting } from '../setting.ts';
import { connectRate } from './connect-rate.ts';
import { connections } from './connections.ts';
import { connectsPerMinute } from './connects-per-minute.ts';
import { messageRate } from './message-rate.ts';
import { messageSize } from './message-size.ts';
import type { Quota } from './quota.ts';
import { subscriptions } from './subscriptions.ts';
import { topicsPerSubscribe } from './topics-per-subscribe.ts';

/** The quotas, in the order in which they are listed everywhere; of two that are asked at the same moment the first has the word. */
export const QUOTAS = [
  connections,
  connectRate,
  connectsPerMinute,
  messageRate,
  messageSize,
  subscriptions,
  topicsPerSubscribe,
] as const satisfies readonly Quota<unknown>[];

type AnyQuota = (typeof QUOTAS)[number];
export type QuotaCounter = AnyQuota['counter'];

type Limits = { [Each in AnyQuota as Each['field']]?: z.output<Each['schema']> };

declare module '../../model/scenario.ts' {
  interface Quotas extends Limits {}
}

/** The platform's documented limits, as far as the stand-in can keep to them. */
export const PLATFORM_QUOTAS: Quotas = Object.fromEntries(
  QUOTAS.flatMap((quota) => ('platforms' in quota ? [[quota.field, quota.platforms]] : [])),
);

/** What ApsaraMQ documents of one client; what an instance holds is bought. A message that is too large it discards: the stand-in says so, and closes. */
const APSARA_QUOTAS: Quotas = {
  messageBytes: APSARA_LIMITS.messageBytes,
  subscriptions: APSARA_LIMITS.subscriptions,
};

/** The limits of a platform by what a scenario calls them. */
export const PRESETS = { aliyun: PLATFORM_QUOTAS, apsaramq: APSARA_QUOTAS } as const;
export const PRESET_NAMES = Object.keys(PRESETS) as (keyof typeof PRESETS)[];

/** Begins with the limits of a platform; what is given beside it takes their place. */
const preset = {
  key: 'preset',
  schema: z.enum(PRESET_NAMES).meta({
    description:
      'aliyun: the platform’s documented limits of 2019, where no other is given; apsaramq: those of ApsaraMQ for MQTT',
  }),
  flags: [
    {
      name: 'quotas',
      type: 'string',
      describe:
        'aliyun: all limits that the platform documented in 2019, but for those given below; apsaramq: those of ApsaraMQ',
    },
  ],
} as const satisfies Setting<keyof typeof PRESETS>;

/** What becomes of a CONNECT that is beyond any quota. */
export const refuse = {
  key: 'refuse',
  schema: z.enum(REFUSALS).meta({ description: 'How a CONNECT beyond a quota is answered' }),
  flags: [
    {
      name: 'over-quota',
      type: 'string',
      describe: `What a CONNECT over a quota gets: ${REFUSALS.join(', ')} [${REFUSALS[0]}]`,
    },
  ],
} as const satisfies Setting<(typeof REFUSALS)[number]>;

/** All that stands below `broker.quotas`. */
export const QUOTA_SETTINGS = [preset, ...QUOTAS, refuse] as const;

type AnySetting = (typeof QUOTA_SETTINGS)[number];

/** What was given, by the keys of a scenario and in the inside form. */
export type QuotaValues = { [Each in AnySetting as Each['key']]?: z.output<Each['schema']> };

export const quotaFields = Object.fromEntries(
  QUOTA_SETTINGS.map(({ key, schema }) => [key, schema.optional()]),
) as { [Each in AnySetting as Each['key']]: z.ZodOptional<Each['schema']> };

export function quotasFrom(values: QuotaValues): Quotas {
  const platforms: Quotas = values.preset === undefined ? {} : PRESETS[values.preset];
  const given = QUOTAS.flatMap(({ key, field }) => (values[key] === undefined ? [] : [[field, values[key]]]));
  const quotas: Quotas = { ...platforms, ...Object.fromEntries(given) };
  // Of the platform's two the one that is not given stays.
  if (values.messageRate !== undefined)
    quotas.messageRate = { ...platforms.messageRate, ...values.messageRate };
  if (values.refuse !== undefined) quotas.refuse = values.refuse;
  return quotas;
}
