/**
 * X.509 [certificates]: the platform knows a device by its certificate. CONNECT has neither names nor signature; the platform tells the
 * device its names in a message after CONNACK, on a topic that is not subscribed to.
 */
import { byCertificate } from '../../plain/own-certificate.ts';
import { itlsAddress } from '../endpoint.ts';

export const aliyunX509 = byCertificate(
  { names: ['productKey', 'deviceName'], nameFrom: [] },
  ({ clientId }, endpoint) => ({
    mqttClientId: `${clientId}|securemode=2|`,
    username: '',
    password: '',
    ...itlsAddress(endpoint, 'x509'),
  }),
);
