/** The keys of `auth` for `method: password`: columns that all devices have alike. */
import { text } from '../../input/fields.ts';

export const shape = {
  username: text().min(1).optional().meta({ description: 'Of every device; else a column of the list' }),
  password: text()
    .min(1)
    .optional()
    .meta({ description: 'Of every device, from the environment: ${ENV:NAME}; else a column of the list' }),
};
