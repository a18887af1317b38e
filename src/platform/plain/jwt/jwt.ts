/** A JSON Web Token (RFC 7519) as password or user name, signed for each attempt: as EMQX, HiveMQ, VerneMQ and others take it. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readGivenFile } from '../../../input/given-file.ts';
import type { DeviceTable, Identity } from '../../../model/devices/device-table.ts';
import { fillPlaceholders } from '../../../model/placeholders.ts';
import type { Auth } from '../../../model/scenario.ts';
import type { Credentials } from '../../login.ts';
import type { LoginMethod } from '../../login-method.ts';
import { type JwtAlgorithm, secretOf, troubleOfKey } from './algorithms.ts';
import { type ClaimTemplates, claimsFor } from './claims.ts';

export interface JwtSettings extends Auth {
  algorithm: JwtAlgorithm;
  /** Whose it is for all devices; undefined where each has its own in the column `key`. */
  keyFile?: string;
  claims: ClaimTemplates;
  /** µs */
  expires: number;
  as: 'password' | 'username';
  username: string;
}

const KEY = { name: 'key', isSecret: true, otherNames: ['secret', 'jwtkey', 'jwtsecret'] } as const;
const MOST_KEY_BYTES = 64 * 1024;

export const jwt = {
  name: 'jwt',
  settings: () => import('./jwt-settings.ts'),
  names: ['deviceName'],
  nameFrom: ['clientId'],
  columns: [KEY],
  columnsFor: ({ keyFile, algorithm }) => (keyFile === undefined && algorithm === 'HS256' ? [KEY] : []),
  word: ({ algorithm }) => `JWT ${algorithm}`,
  async ready(settings, { absolute, complain, given }) {
    const { algorithm, keyFile } = settings;
    if (keyFile === undefined) {
      if (algorithm === 'HS256') return settings;
      complain(['algorithm'], 'needs a private key', 'keyFile: key.pem');
      return settings;
    }
    if (given.has('key')) complain(['key'], 'is given beside keyFile', 'one of the two');
    const found = await readGivenFile(absolute(keyFile), MOST_KEY_BYTES);
    if (!('content' in found)) {
      complain(['keyFile'], found.isMissing ? 'is not a file that can be read' : found.wrong, found.hint);
      return settings;
    }
    const wrong = troubleOfKey(algorithm, found.content);
    if (wrong !== undefined) complain(['keyFile'], wrong);
    return { ...settings, keyFile: absolute(keyFile) };
  },
  async prepare(settings, devices) {
    // Who signs in otherwise does not load it.
    const { SignJWT } = await import('jose');
    const keyOf = await keysOf(settings, devices);
    const { algorithm, claims, expires } = settings;
    return async (device, row, _endpoint, epochMs) => {
      const issuedSec = Math.floor(epochMs / 1000);
      const token = await new SignJWT(claimsFor(claims, device))
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .setIssuedAt(issuedSec)
        .setExpirationTime(issuedSec + Math.max(1, Math.round(expires / 1e6)))
        .sign(keyOf(row));
      return placed(token, settings, device);
    };
  },
} satisfies LoginMethod<JwtSettings>;

export function isJwt(auth: Auth): auth is JwtSettings {
  return auth.method === jwt.name;
}

async function keysOf(
  { algorithm, keyFile }: JwtSettings,
  devices: DeviceTable,
): Promise<(row: number) => KeyObject | Uint8Array> {
  // A copy: WebCrypto takes no memory that threads share.
  if (keyFile === undefined) return (row) => Buffer.from(devices.secret(row));
  const file = await readFile(keyFile);
  const key = algorithm === 'HS256' ? secretOf(file) : createPrivateKey(file);
  return () => key;
}

function placed(token: string, { as, username }: JwtSettings, device: Identity): Credentials {
  const mqttClientId = device.clientId;
  if (as === 'username') return { mqttClientId, username: token, password: undefined };
  return { mqttClientId, username: fillPlaceholders(username, { ...device }), password: token };
}
