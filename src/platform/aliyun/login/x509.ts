/**
 * X.509 [certificates]: the platform knows a device by its certificate. CONNECT has neither names nor signature; the platform tells the
 * device its names in a message after CONNACK, on a topic that is not subscribed to.
 */

import type { LoginMethod } from '../../login-method.ts';
import {
  CERTIFICATE_COLUMNS,
  CERTIFICATE_HINTS,
  certificateTrouble,
  showsCertificate,
} from '../../plain/own-certificate.ts';
import { itlsAddress } from '../endpoint.ts';

export const aliyunX509 = {
  name: 'x509',
  settings: () => import('../../plain/x509-settings.ts'),
  names: ['productKey', 'deviceName'],
  nameFrom: [],
  columns: CERTIFICATE_COLUMNS,
  needsTls: true,
  trouble: certificateTrouble,
  hints: CERTIFICATE_HINTS,
  word: () => 'X.509',
  prepare: (_settings, devices, tls) => {
    const show = showsCertificate(devices, tls);
    return ({ clientId }, row, endpoint) =>
      show(row, {
        ...{ mqttClientId: `${clientId}|securemode=2|`, username: '', password: '' },
        ...itlsAddress(endpoint, 'x509'),
      });
  },
} satisfies LoginMethod;
