/** A certificate of the device's own in the TLS handshake, and neither user name nor password in CONNECT. */
import type { LoginMethod } from '../login-method.ts';
import {
  CERTIFICATE_COLUMNS,
  CERTIFICATE_HINTS,
  certificateTrouble,
  showsCertificate,
} from './own-certificate.ts';

export const x509 = {
  name: 'x509',
  settings: () => import('./x509-settings.ts'),
  names: ['deviceName'],
  nameFrom: ['clientId'],
  columns: CERTIFICATE_COLUMNS,
  needsTls: true,
  trouble: certificateTrouble,
  hints: CERTIFICATE_HINTS,
  word: () => 'X.509',
  prepare: (_settings, devices, tls) => {
    const show = showsCertificate(devices, tls);
    return ({ clientId }, row) =>
      show(row, { mqttClientId: clientId, username: undefined, password: undefined });
  },
} satisfies LoginMethod;
