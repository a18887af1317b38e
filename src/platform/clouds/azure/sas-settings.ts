/** The keys of `auth` on Azure. */
import { someTime, text } from '../../../input/fields.ts';

export const shape = {
  hostName: text().min(1).optional().meta({
    description: 'Of the hub, as in a connection string, where it is not the host of the target',
  }),
  apiVersion: text().min(1).prefault('2021-04-12').meta({ description: 'In the user name' }),
  expires: someTime()
    .prefault('1h')
    .meta({ description: 'How long what a device signs in with is good, from its signing' }),
};
