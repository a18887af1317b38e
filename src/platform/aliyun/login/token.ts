/** Login of a device that was registered without a listing: the password is the token that it was given, for one client id. */
import { generatedSecret } from '../../../model/devices/generated-devices.ts';
import type { LoginMethod } from '../../login-method.ts';
import { tokenCredentials } from '../signing/registration.ts';

const WRONG_TOKEN =
  'wrong deviceToken: it is good with the clientId of the same row only, as `register --method mqtt-nwl` wrote them';

export const token = {
  name: 'token',
  settings: async () => ({ shape: {} }),
  names: ['productKey', 'deviceName', 'clientId'],
  nameFrom: [],
  columns: [{ name: 'deviceToken', isSecret: true, otherNames: ['token'], generated: generatedSecret }],
  hints: { 'CONNACK 4': WRONG_TOKEN, 134: WRONG_TOKEN },
  word: () => 'token',
  prepare: (_settings, devices) => (device, row) => tokenCredentials(device, devices.loginColumn(row, 0)),
} satisfies LoginMethod;
