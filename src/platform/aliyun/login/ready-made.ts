/**
 * What CONNECT carries as the console hands it out, {clientId, username, passwd, mqttHostUrl, port}: signed there with hmacsha256, and
 * good for as long as the secret is, since the platform checks no time [connect].
 */

import type { LoginMethod } from '../../login-method.ts';
import { password } from '../../plain/password.ts';
import { parseUsername } from '../signing/username.ts';

const WRONG_PASSWORD =
  'wrong password: clientId, username and passwd must be of one copy of the console’s parameters; who has the DeviceSecret learns more from `mqtt-fleet sign --explain`';

export const readyMade = {
  ...password,
  names: ['productKey', 'deviceName', 'clientId'],
  nameFrom: [],
  hints: { 'CONNACK 4': WRONG_PASSWORD, 134: WRONG_PASSWORD },
  namesIn: { column: 'username', form: '<deviceName>&<productKey>', read: parseUsername },
  hasWholeClientId: true,
  // One port takes TCP and TLS: which is meant, securemode says, and the console hands out 2.
  addressIn: (value) => {
    const given = password.addressIn(value);
    return given && { ...given, protocol: 'mqtts' };
  },
} satisfies LoginMethod;
