/** The keys of `auth` for `method: signature`; the account's key may be given to all devices alike. */
import { text } from '../../../input/fields.ts';
import { shape as common } from './device-credential-settings.ts';

export const shape = {
  ...common,
  accessKeyId: text()
    .min(1)
    .optional()
    .meta({ description: 'Of every device whose row of the list has none' }),
  accessKeySecret: text().min(1).optional().meta({
    description: 'Of every device whose row of the list has none; from the environment only: ${ENV:NAME}',
  }),
};
