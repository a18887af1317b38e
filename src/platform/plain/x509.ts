/** A certificate of the device's own in the TLS handshake, and neither user name nor password in CONNECT. */
import { byCertificate } from './own-certificate.ts';

export const x509 = byCertificate({ names: ['deviceName'], nameFrom: ['clientId'] }, ({ clientId }) => ({
  mqttClientId: clientId,
  username: undefined,
  password: undefined,
}));
