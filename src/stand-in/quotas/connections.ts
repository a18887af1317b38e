/** The quota on connections: of the whole endpoint, open at once. */
import { wholeNumber } from '../../input/fields.ts';
import type { Quota } from './quota.ts';

/** How many an instance of the platform holds is bought, and no number is documented. */
export const connections = {
  key: 'connections',
  field: 'connections',
  schema: wholeNumber(1).meta({ description: 'Open at once' }),
  flags: [{ name: 'max-connections', type: 'number', describe: 'Connections open at once' }],
  counter: 'connects_over_quota_connections',
  counted: 'connections',
  check: (most) => ({ entry: (others) => others >= most }),
} as const satisfies Quota<number>;
