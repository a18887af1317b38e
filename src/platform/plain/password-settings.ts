/** The keys of `auth` for `method: password`: columns that all devices have alike. */
import { text } from '../../input/fields.ts';

export const shape = {
  username: text().min(1).optional().meta({ description: 'Of every device whose row of the list has none' }),
  password: text().min(1).optional().meta({
    description: 'Of every device whose row of the list has none; from the environment only: ${ENV:NAME}',
  }),
};
