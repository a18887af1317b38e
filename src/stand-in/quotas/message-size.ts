/** The quota on the payload of a message. */
import { size } from '../../input/fields.ts';
import { ALIYUN_LIMITS } from '../../platform/aliyun/limits.ts';
import type { Quota } from './quota.ts';

export const messageSize = {
  key: 'messageSize',
  field: 'messageBytes',
  schema: size().meta({ description: 'A larger one ends the connection; the platform’s is 256KB' }),
  flags: [
    {
      name: 'max-message-size',
      type: 'string',
      describe: 'Payload of a message, e.g. 256KB; a larger one ends the connection',
    },
  ],
  platforms: ALIYUN_LIMITS.messageBytes,
  counter: 'publishes_over_size',
  check: (most) => ({ payload: (bytes) => bytes > most }),
} as const satisfies Quota<number>;
