/** Whom the stand-in lets in by a token: the signature and the claims must be those that the scenario asks for, and it must be in time. */
import { createHmac, createPrivateKey, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { DeviceTable } from '../../../model/devices/device-table.ts';
import { EXPIRED, rowByClientId, UNKNOWN_DEVICE, WRONG_PASSWORD } from '../../broker-rules.ts';
import type { Check } from '../../check.ts';
import { type JwtAlgorithm, secretOf } from './algorithms.ts';
import { claimsFor } from './claims.ts';
import type { JwtSettings } from './jwt.ts';

/** Whether that is the signature of those bytes. */
export type VerifySignature = (signed: string, signature: Buffer) => boolean;

export interface Claims {
  exp?: unknown;
  [name: string]: unknown;
}

/** The claims of a token of that algorithm whose signature is right; undefined for anything else. */
export function claimsOf(
  token: string,
  algorithm: JwtAlgorithm,
  isRight: VerifySignature,
): Claims | undefined {
  const [header, claims, signature, ...more] = token.split('.');
  if (!header || !claims || !signature || more.length > 0) return undefined;
  // The algorithm that is expected, not the one that the token asks for: `none` is one of those.
  if (objectOf(header)?.alg !== algorithm) return undefined;
  return isRight(`${header}.${claims}`, Buffer.from(signature, 'base64url')) ? objectOf(claims) : undefined;
}

function objectOf(base64url: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Claims) : undefined;
  } catch {
    // A token that is none is refused as one that is wrong.
    return undefined;
  }
}

export function verifierOf(algorithm: JwtAlgorithm, key: Buffer): VerifySignature {
  if (algorithm === 'HS256') {
    return (signed, signature) => {
      const right = createHmac('sha256', key).update(signed).digest();
      return right.length === signature.length && timingSafeEqual(right, signature);
    };
  }
  const publicKey = createPublicKey(createPrivateKey(key));
  // RFC 7518, 3.4: the two numbers of the signature, one after the other.
  const options = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  return (signed, signature) => verify('sha256', Buffer.from(signed), options, signature);
}

/** `enter` lets a client in under its client id. */
export function tokenCheck(settings: JwtSettings, devices: DeviceTable, enter: Check): Check {
  const { algorithm, keyFile, claims: templates, as } = settings;
  const rowOf = rowByClientId(devices);
  const file = keyFile === undefined ? undefined : readFileSync(keyFile);
  const common = file && verifierOf(algorithm, algorithm === 'HS256' ? secretOf(file) : file);
  return (connect) => {
    const row = rowOf(connect.mqttClientId);
    if (row === -1) return UNKNOWN_DEVICE;
    const isRight = common ?? verifierOf(algorithm, devices.secret(row));
    const claims = claimsOf(connect[as], algorithm, isRight);
    if (claims === undefined) return WRONG_PASSWORD;
    const asked = Object.entries(claimsFor(templates, devices.identity(row)));
    if (!asked.every(([name, value]) => isDeepStrictEqual(claims[name], value))) return WRONG_PASSWORD;
    return Number(claims.exp) > Date.now() / 1000 ? enter(connect) : EXPIRED;
  };
}
