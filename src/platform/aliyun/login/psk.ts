/**
 * TLS-PSK [sdk]: a key made of the DeviceSecret in place of certificates, and then a CONNECT that is signed as ever. The SDK's cipher and
 * version: TLS 1.2, in which a server that holds a certificate shows none.
 */
import { isTls } from '../../../model/target.ts';
import type { LoginMethod } from '../../login-method.ts';
import { itlsAddress } from '../endpoint.ts';
import { credentialsOf } from '../signing/credentials.ts';
import { PSK_TIMESTAMP, pskOf } from '../signing/psk.ts';
import { hmac } from './hmac.ts';

export const psk = {
  name: 'psk',
  settings: async () => ({ shape: {} }),
  names: ['productKey', 'deviceName'],
  nameFrom: [],
  columns: hmac.columns,
  needsTls: 'TLSv1.2',
  word: () => 'TLS-PSK',
  prepare: (_settings, devices) => (device, row, endpoint) => {
    const secret = devices.secret(row);
    const { productKey, deviceName } = device;
    return {
      ...credentialsOf(device, secret, 'hmacsha256', 2, PSK_TIMESTAMP),
      ...itlsAddress(endpoint, productKey),
      ...(isTls(endpoint.protocol) && { psk: pskOf(productKey, deviceName, secret) }),
    };
  },
} satisfies LoginMethod;
