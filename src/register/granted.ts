/** What a device is given when it registers, and the columns of the list in which that is kept. */
import { textOf } from '../input/given-file.ts';
import type { Identity } from '../model/devices/device-table.ts';

/** `secret`: of a device that its product lists, a triple. `token`: of one that it does not, with the client id that it holds for. */
export type GrantKind = 'secret' | 'token';

/** A list that `run` reads: of triples as it is, of tokens with `auth: token`. */
export const COLUMNS: Readonly<Record<GrantKind, readonly string[]>> = {
  secret: ['productKey', 'deviceName', 'deviceSecret'],
  token: ['productKey', 'deviceName', 'clientId', 'deviceToken'],
};

/** The values of the columns, or what is wrong with the answer: a few words of our own, for nothing that was sent may be shown. */
export type GrantReading = { row: readonly string[] } | { wrong: string };

/** What is no part of a list: a secret with a line break would be two rows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const NO_VALUE = /[\u0000-\u001f\u007f-\u009f\ufffd\p{Surrogate}]|^\s|\s$|^$/u;

/** `{ productKey, deviceName, deviceSecret }`, or with `clientId` and `deviceToken`: of the device that asked, and of no other. */
export function readGrant(kind: GrantKind, asked: Identity, payload: Buffer): GrantReading {
  const read = textOf(payload);
  let answer: unknown;
  try {
    answer = 'text' in read ? JSON.parse(read.text) : undefined;
  } catch {
    answer = undefined;
  }
  return grantIn(kind, asked, answer);
}

export function grantIn(kind: GrantKind, asked: Identity, answer: unknown): GrantReading {
  if (typeof answer !== 'object' || answer === null) return { wrong: 'not JSON' };
  const given = answer as Record<string, unknown>;
  const row: string[] = [];
  for (const column of COLUMNS[kind]) {
    const value = given[column];
    if (typeof value !== 'string' || NO_VALUE.test(value)) return { wrong: `no ${column}` };
    row.push(value);
  }
  const isAsked = given.productKey === asked.productKey && given.deviceName === asked.deviceName;
  return isAsked ? { row } : { wrong: 'another device' };
}
