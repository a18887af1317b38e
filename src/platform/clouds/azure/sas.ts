/** The password is a shared access signature (https://learn.microsoft.com/en-us/azure/iot-hub/authenticate-authorize-sas). */
import { createHmac } from 'node:crypto';
import type { Auth } from '../../../model/scenario.ts';
import type { LoginMethod } from '../../login-method.ts';
import { bytesOfBase64, DEVICE_KEY_BASE64, epochSec } from '../names.ts';

export interface AzureSettings extends Auth {
  hostName?: string;
  apiVersion: string;
  /** µs */
  expires: number;
}

/** As the SDKs of the platform encode: what encodeURIComponent leaves of the reserved characters as well. */
export function strictEncoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

/** `resource` is `<host of the hub>/devices/<device id>`, `se` its end, epoch in s, `key` the bytes of the device's key. */
export function sharedAccessSignature(resource: string, se: string, key: Buffer): string {
  const sr = strictEncoded(resource);
  const sig = createHmac('sha256', key).update(`${sr}\n${se}`).digest('base64');
  return `SharedAccessSignature sr=${sr}&sig=${strictEncoded(sig)}&se=${se}`;
}

export const azureSas = {
  name: 'sas',
  settings: () => import('./sas-settings.ts'),
  names: ['deviceName'],
  nameFrom: ['clientId'],
  columns: [
    {
      ...DEVICE_KEY_BASE64,
      name: 'deviceKey',
      otherNames: ['primarykey', 'secondarykey', 'sharedaccesskey', 'secret', 'devicesecret', 'key'],
    },
  ],
  word: () => 'shared access signature',
  prepare:
    ({ hostName, apiVersion, expires }, devices) =>
    ({ deviceName }, row, { host }, epochMs) => {
      const hub = hostName ?? host;
      return {
        mqttClientId: deviceName,
        username: `${hub}/${deviceName}/?api-version=${apiVersion}`,
        password: sharedAccessSignature(
          `${hub}/devices/${deviceName}`,
          String(epochSec(epochMs + expires / 1000)),
          bytesOfBase64(devices.secret(row)),
        ),
      };
    },
} satisfies LoginMethod<AzureSettings>;
