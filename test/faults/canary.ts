/** Secrets that nothing may repeat: those of the fleet's devices, and the passwords made of them. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { hmacHex } from '../../src/platform/aliyun/signing/credentials.ts';

/** The devices sign with it, so that their passwords are known beforehand. */
export const TIMESTAMP = 1_700_000_000_000;

const PRODUCT_KEY = 'a1canary';

/** A device list in CSV. */
export function canaryList(devices: number): string {
  const rows = names(devices).map((name) => `${PRODUCT_KEY},${name},${secretOf(name)}`);
  return `productKey,deviceName,deviceSecret\n${rows.join('\n')}\n`;
}

/** Where one of them is found, in whichever way it may be written. */
export function expectNoSecret(where: string, text: string): void {
  for (const word of FORBIDDEN) if (text.includes(word)) expect.fail(`a secret stands in ${where}: ${word}`);
}

/** In every file of a folder. */
export function expectNoSecretIn(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) expectNoSecretIn(path);
    else expectNoSecret(path, readFileSync(path, 'latin1'));
  }
}

/** Whether it is one of those that are looked for: the names of this page are then the fleet's. */
export function isCanaryPassword(password: string): boolean {
  return PASSWORDS.has(password);
}

const PASSWORDS = new Set(names(300).map(passwordOf));

/** More are never looked for: a row has tens of devices. */
const FORBIDDEN = names(300).flatMap((name) => [...formsOf(secretOf(name)), ...formsOf(passwordOf(name))]);

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `device${index + 1}`);
}

function secretOf(name: string): string {
  return createHash('sha256').update(`canary ${name}`).digest('hex').slice(0, 32);
}

/** By Aliyun's rule, with a client id that is made of the two names (src/platform/aliyun). */
function passwordOf(name: string): string {
  const content = `clientId${PRODUCT_KEY}.${name}deviceName${name}productKey${PRODUCT_KEY}timestamp${TIMESTAMP}`;
  return hmacHex('hmacsha1', secretOf(name), content);
}

/** Plain, upper case, and as a buffer is shown or sent on. */
function formsOf(word: string): string[] {
  const bytes = Buffer.from(word);
  return [
    word,
    word.toUpperCase(),
    bytes.toString('hex'),
    bytes.toString('base64').slice(0, -2),
    [...bytes.subarray(0, 16)].map((byte) => byte.toString(16)).join(' '),
    [...bytes.subarray(0, 16)].join(','),
  ];
}
