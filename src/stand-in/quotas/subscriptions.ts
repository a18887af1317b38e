/** The quota on the subscriptions of one device. */
import { wholeNumber } from '../../input/fields.ts';
import { ALIYUN_LIMITS } from '../../platform/aliyun/limits.ts';
import type { Quota } from './quota.ts';

export const subscriptions = {
  key: 'subscriptions',
  field: 'subscriptions',
  schema: wholeNumber(0).meta({ description: 'Of one device; the platform’s is 100' }),
  flags: [{ name: 'max-subscriptions', type: 'number', describe: 'Subscriptions of one device' }],
  platforms: ALIYUN_LIMITS.subscriptions,
  counter: 'subscribes_over_quota',
  // What is subscribed to again takes no place of its own.
  check: (most) => ({ filter: (filters, filter) => filters.size >= most && !filters.has(filter) }),
} as const satisfies Quota<number>;
