/**
 * Triple → what a device sends in CONNECT, by Aliyun's rule: password = hex HMAC(signmethod, DeviceSecret, content), where content is,
 * for each of clientId, deviceName, productKey, timestamp that is submitted, in this (dictionary) order, the name and then the value,
 * with no delimiters. signmethod, securemode and every other key of the |…| part are not signed.
 */
import { createHmac } from 'node:crypto';
import type { Triple } from '../scenario/device-table.ts';
import type { Signmethod, Timestamp } from '../scenario/scenario.ts';
import type { Securemode } from './endpoint.ts';

export interface Credentials {
  content: string;
  clientId: string;
  username: string;
  password: string;
}

const HASH: Record<Signmethod, string> = { hmacsha1: 'sha1', hmacmd5: 'md5', hmacsha256: 'sha256' };

/** The string that is signed. `timestamp` is its text, or undefined where none is submitted. */
export function contentOf(triple: Omit<Triple, 'deviceSecret'>, timestamp: string | undefined): string {
  const content = `clientId${triple.clientId}deviceName${triple.deviceName}productKey${triple.productKey}`;
  return timestamp === undefined ? content : `${content}timestamp${timestamp}`;
}

/** Lower-case hex. */
export function hmacHex(signmethod: Signmethod, key: string | Buffer, message: string): string {
  return createHmac(HASH[signmethod], key).update(message).digest('hex');
}

/** `timestamp` is its text, or undefined to submit none. */
export function sign(
  triple: Triple,
  signmethod: Signmethod,
  securemode: Securemode,
  timestamp: string | undefined,
): Credentials {
  const content = contentOf(triple, timestamp);
  const suffix = timestamp === undefined ? '|' : `,timestamp=${timestamp}|`;
  return {
    content,
    clientId: `${triple.clientId}|securemode=${securemode},signmethod=${signmethod}${suffix}`,
    username: `${triple.deviceName}&${triple.productKey}`,
    password: hmacHex(signmethod, triple.deviceSecret, content),
  };
}

/** The text a Timestamp setting means at this moment. */
export function timestampText(timestamp: Timestamp, epochMs: number): string | undefined {
  if (timestamp === 'omit') return undefined;
  return String(timestamp === 'now' ? epochMs : timestamp);
}
