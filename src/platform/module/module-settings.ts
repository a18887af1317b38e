/** The keys of `auth` for a module of the user's. */
import * as z from 'zod';
import { text } from '../../input/fields.ts';

export const shape = {
  module: text().min(1).meta({
    description:
      'A file of yours that signs, relative to the scenario: it exports default or sign, (device, now) → { clientId, username, password } or a promise of it',
  }),
  columns: z
    .array(text().min(1))
    .optional()
    .meta({ description: 'Further columns of the list that the module is given, by their names there' }),
};
