import { expect, it } from 'vitest';
import { handshakeFaultOf } from '../../../src/stand-in/handshake-faults.ts';

it.each([
  ['ERR_SSL_CIPHER_OPERATION_FAILED', 'DeviceSecret'],
  ['ERR_SSL_PSK_IDENTITY_NOT_FOUND', 'no device'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', '--ca-out'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', '--ca-out'],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'version'],
])('%s is said to be %s', (code, said) => {
  expect(handshakeFaultOf({ code })).toMatchObject({ code, said: expect.stringContaining(said) });
});

it('the certificate that was not taken comes before the connection that ended for it', () => {
  const fault = handshakeFaultOf({ code: 'ECONNRESET' }, 'CERT_SIGNATURE_FAILURE');
  expect(fault).toMatchObject({
    code: 'CERT_SIGNATURE_FAILURE',
    said: expect.stringContaining('--client-ca'),
  });
});

it('who went away in the middle of it did nothing wrong', () => {
  expect(handshakeFaultOf({ code: 'ECONNRESET' }, null)).toBeUndefined();
});
