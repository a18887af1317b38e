/** Why a device did not get through the TLS handshake of the stand-in, where that was the device's doing. */

export interface HandshakeFault {
  /** OpenSSL's, or Node's of the certificate. */
  code: string;
  /** In a sentence; '' where the code must do. */
  said: string;
}

const OTHER_AUTHORITY =
  'It showed no certificate of the authority that is asked for (--client-ca), or one that is out of date.';

/** By the end of the code: alerts are what the device said, the others what the stand-in found. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [
    /WRONG_VERSION_NUMBER$|HTTP_REQUEST$|PACKET_LENGTH_TOO_LONG$|UNKNOWN_PROTOCOL$/,
    'It began with no TLS: plain MQTT or HTTP on a TLS port.',
  ],
  [
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_\w+)$/,
    'It does not take the certificate of the stand-in: it must know its CA (--ca-out), and connect to a name that it has (--advertise).',
  ],
  [/PEER_DID_NOT_RETURN_A_CERTIFICATE$/, OTHER_AUTHORITY],
  [/UNSUPPORTED_PROTOCOL$|VERSION_TOO_LOW$|ALERT_PROTOCOL_VERSION$/, 'No version of TLS in common.'],
  [/NO_SHARED_CIPHER$|ALERT_HANDSHAKE_FAILURE$/, 'No cipher in common.'],
  [
    /BAD_RECORD_MAC$|DIGEST_CHECK_FAILED$|CIPHER_OPERATION_FAILED$/,
    'It came to another key: with TLS-PSK its DeviceSecret is wrong.',
  ],
  [/PSK_IDENTITY_NOT_FOUND$/, 'TLS-PSK: its identity is of no device in the list.'],
  [/HANDSHAKE_TIMEOUT$/, 'It did not go on with the handshake.'],
];

/** Undefined for who just went away. `authorizationError` is of the certificate that it showed. */
export function handshakeFaultOf(
  { code = '' }: { code?: string },
  authorizationError?: unknown,
): HandshakeFault | undefined {
  if (authorizationError) return { code: String(authorizationError), said: OTHER_AUTHORITY };
  if (!/^ERR_(SSL|TLS)_/.test(code)) return undefined;
  return { code, said: SAID.find(([pattern]) => pattern.test(code))?.[1] ?? '' };
}
