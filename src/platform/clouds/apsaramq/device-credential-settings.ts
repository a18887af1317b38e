/** The keys of `auth` for `method: device-credential`. */
import { text } from '../../../input/fields.ts';

export const shape = {
  instanceId: text().min(1).meta({ description: 'Of the instance of ApsaraMQ for MQTT; in the user name' }),
  groupId: text().min(1).meta({
    description: 'What client ids begin with, <groupId>@@@<deviceName>, where a list has no whole ones',
  }),
};
