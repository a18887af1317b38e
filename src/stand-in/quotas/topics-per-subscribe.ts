/** The quota on the topics of one SUBSCRIBE. */
import { wholeNumber } from '../../input/fields.ts';
import { ALIYUN_LIMITS } from '../../platform/aliyun/limits.ts';
import type { Quota } from './quota.ts';

export const topicsPerSubscribe = {
  key: 'topicsPerSubscribe',
  field: 'topicsPerSubscribe',
  schema: wholeNumber(1).meta({ description: 'The platform’s is 8' }),
  flags: [{ name: 'max-topics-per-subscribe', type: 'number', describe: 'Topics in one SUBSCRIBE' }],
  platforms: ALIYUN_LIMITS.topicsPerSubscribe,
  counter: 'subscribes_over_quota',
  check: (most) => ({ filter: (_filters, _filter, position) => position >= most }),
} as const satisfies Quota<number>;
