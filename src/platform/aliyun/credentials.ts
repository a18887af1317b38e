/**
 * Triple → what a device sends in CONNECT, by Aliyun's rule: password = hex HMAC(signmethod, DeviceSecret, content), where content is,
 * for each of clientId, deviceName, productKey, timestamp that is submitted, in this (dictionary) order, the name and then the value,
 * with no delimiters. signmethod, securemode and every other key of the |…| part are not signed.
 */
import { createHmac } from 'node:crypto';
import type { Identity, SigningTriple } from '../../model/devices/device-table.ts';
import { SIGNMETHODS, type Signmethod, type Timestamp } from '../../model/scenario.ts';
import type { Securemode } from './endpoint.ts';

export interface Credentials {
  content: string;
  clientId: string;
  username: string;
  password: string;
}

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
export function contentOf(triple: Identity, timestamp: string | undefined): string {
  const content = `clientId${triple.clientId}deviceName${triple.deviceName}productKey${triple.productKey}`;
  return timestamp === undefined ? content : `${content}timestamp${timestamp}`;
}

/** Lower-case hex. */
export function hmacHex(signmethod: Signmethod, key: string | Buffer, message: string): string {
  return createHmac(HASH[signmethod], key).update(message).digest('hex');
}

/** `timestamp` is its text, or undefined to submit none. */
export function sign(
  triple: SigningTriple,
  signmethod: Signmethod,
  securemode: Securemode,
  timestamp: string | undefined,
): Credentials {
  const content = contentOf(triple, timestamp);
  const how = ANNOUNCED[securemode][signmethod];
  return {
    content,
    clientId:
      timestamp === undefined
        ? `${triple.clientId}${how}|`
        : `${triple.clientId}${how},timestamp=${timestamp}|`,
    username: `${triple.deviceName}&${triple.productKey}`,
    password: hmacHex(signmethod, triple.deviceSecret, content),
  };
}

/** The text a Timestamp setting means at this moment. */
export function timestampText(timestamp: Timestamp, epochMs: number): string | undefined {
  if (timestamp === 'omit') return undefined;
  return String(timestamp === 'now' ? epochMs : timestamp);
}
