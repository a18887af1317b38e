/** The MQTT parameters that the platform's console shows of a device [console], to hold others against. */
import type { Triple } from '../../../model/devices/device-table.ts';
import type { Signmethod } from '../../../model/scenario.ts';
import { clientIdForm, formedCredentials } from './client-id-form.ts';

/** Names as in the console's JSON. */
export interface ConsoleParameters {
  clientId: string;
  username: string;
  passwd: string;
}

/** `timestamp` is when it was asked, as the console would have signed it then. */
export function consoleParameters(
  { productKey, deviceName, deviceSecret }: Triple,
  timestamp: string,
): ConsoleParameters {
  const clientId = consoleClientId(productKey, deviceName);
  const device = { productKey, deviceName, clientId };
  const form = clientIdForm({ sdk: 'console' }, 'hmacsha256', true);
  const made = formedCredentials(form, device, clientId, deviceSecret, 2, timestamp);
  return { clientId: made.mqttClientId, username: made.username, passwd: made.password };
}

/** Why a password is not the one that the console shows for the same device; empty where it is. */
export function differencesFromConsole(login: {
  triple: Triple;
  signmethod: Signmethod;
  timestamp: string | undefined;
}): string[] {
  const { triple, signmethod, timestamp } = login;
  const clientId = consoleClientId(triple.productKey, triple.deviceName);
  const differences: string[] = [];
  if (signmethod !== 'hmacsha256') differences.push(`it signs with hmacsha256, not ${signmethod}`);
  if (triple.clientId !== clientId) differences.push(`its clientId is ${clientId}`);
  if (timestamp === undefined) differences.push('it signs a timestamp');
  return differences;
}

function consoleClientId(productKey: string, deviceName: string): string {
  return `${productKey}.${deviceName}`;
}
