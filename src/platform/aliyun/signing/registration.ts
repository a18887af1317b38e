/**
 * Dynamic registration (一型一密): what a device signs that has only its product's secret, and how its client id says what it wants
 * [registration]. sign = hex HMAC(signmethod, ProductSecret, content), and the content has neither client id nor timestamp.
 */
import type { Identity } from '../../../model/devices/device-table.ts';
import type { Signmethod } from '../../../model/scenario.ts';
import { hmacHex, type SignedCredentials } from './credentials.ts';

/** By `authType`: of a device that the product lists, and of one that it does not. */
export const REGISTRATIONS = {
  register: { securemode: 2, topic: '/ext/register' },
  regnwl: { securemode: -2, topic: '/ext/regnwl' },
} as const;
export type Registration = keyof typeof REGISTRATIONS;

/** The `authType` of a login with the token that a device without a listing was given. */
export const TOKEN_LOGIN = 'connwl';

export function registrationSign(
  { productKey, deviceName }: Pick<Identity, 'productKey' | 'deviceName'>,
  random: string,
  signmethod: Signmethod,
  productSecret: string | Buffer,
): string {
  const content = `deviceName${deviceName}productKey${productKey}random${random}`;
  return hmacHex(signmethod, productSecret, content);
}

/** How a device asks over MQTT. `instanceId` is needed on instances that have a host of their own. */
export interface AskedOverMqtt {
  registration: Registration;
  random: string;
  signmethod: Signmethod;
  instanceId: string | undefined;
}

export function registrationCredentials(
  device: Identity,
  productSecret: string | Buffer,
  { registration, random, signmethod, instanceId }: AskedOverMqtt,
): SignedCredentials {
  const { securemode } = REGISTRATIONS[registration];
  const instance = instanceId === undefined ? '' : `,instanceId=${instanceId}`;
  const how = `securemode=${securemode},authType=${registration},random=${random},signmethod=${signmethod}${instance}`;
  return {
    mqttClientId: `${device.clientId}|${how}|`,
    username: `${device.deviceName}&${device.productKey}`,
    password: registrationSign(device, random, signmethod, productSecret),
  };
}

/** A login with a token is not signed: the client id is the one that came with it. */
export function tokenCredentials(device: Identity, deviceToken: string): SignedCredentials {
  return {
    mqttClientId: `${device.clientId}|securemode=-2,authType=${TOKEN_LOGIN}|`,
    username: `${device.deviceName}&${device.productKey}`,
    password: deviceToken,
  };
}
