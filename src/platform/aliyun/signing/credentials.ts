/**
 * Triple → what a device sends in CONNECT, by Aliyun's rule: password = hex HMAC(signmethod, DeviceSecret, content), where content is,
 * for each of clientId, deviceName, productKey, timestamp that is submitted, in this (dictionary) order, the name and then the value,
 * with no delimiters. signmethod, securemode and every other key of the |…| part are not signed.
 */
import { createHmac } from 'node:crypto';
import type { Identity, Triple } from '../../../model/devices/device-table.ts';
import { SIGNMETHODS, type Signmethod, type Timestamp } from '../../../model/scenario.ts';
import type { Credentials } from '../../login.ts';
import type { Securemode } from '../endpoint.ts';

/** With a signature there are always all three. */
export type SignedCredentials = Credentials & { username: string; password: string };

/** Their names in OpenSSL. */
export const HASH: Readonly<Record<Signmethod, string>> = {
  hmacsha1: 'sha1',
  hmacmd5: 'md5',
  hmacsha256: 'sha256',
};

/** How a client id says what was signed with; made once, since it does not depend on the device. */
const ANNOUNCED: Readonly<Record<Securemode, Record<Signmethod, string>>> = {
  2: announced(2),
  3: announced(3),
};

function announced(securemode: Securemode): Record<Signmethod, string> {
  const entries = SIGNMETHODS.map((signmethod) => [
    signmethod,
    `|securemode=${securemode},signmethod=${signmethod}`,
  ]);
  return Object.fromEntries(entries) as Record<Signmethod, string>;
}

/** The string that is signed. `timestamp` is its text, or undefined where none is submitted. */
export function contentOf(device: Identity, timestamp: string | undefined): string {
  const content = `clientId${device.clientId}deviceName${device.deviceName}productKey${device.productKey}`;
  return timestamp === undefined ? content : `${content}timestamp${timestamp}`;
}

/** Lower-case hex. */
export function hmacHex(signmethod: Signmethod, key: string | Buffer, message: string): string {
  return createHmac(HASH[signmethod], key).update(message).digest('hex');
}

/** As bytes, the secret is a view of where it lies and never becomes a string. `timestamp` is its text, or undefined to submit none. */
export function credentialsOf(
  device: Identity,
  deviceSecret: string | Buffer,
  signmethod: Signmethod,
  securemode: Securemode,
  timestamp: string | undefined,
): SignedCredentials {
  const content = contentOf(device, timestamp);
  const how = ANNOUNCED[securemode][signmethod];
  return {
    mqttClientId:
      timestamp === undefined
        ? `${device.clientId}${how}|`
        : `${device.clientId}${how},timestamp=${timestamp}|`,
    username: `${device.deviceName}&${device.productKey}`,
    password: hmacHex(signmethod, deviceSecret, content),
  };
}

/** The same of a whole triple. */
export function sign(
  triple: Triple,
  signmethod: Signmethod,
  securemode: Securemode,
  timestamp: string | undefined,
): SignedCredentials {
  return credentialsOf(triple, triple.deviceSecret, signmethod, securemode, timestamp);
}

/** The text a Timestamp setting means at this moment. */
export function timestampText(timestamp: Timestamp, epochMs: number): string | undefined {
  if (timestamp === 'omit') return undefined;
  return String(timestamp === 'now' ? epochMs : timestamp);
}
