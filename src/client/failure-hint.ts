/** What each kind of failure means in plain words and what to do about it: in the platform's own words where it has some. */
import { CONNECT_PHASES, type Failure, type FailureKind } from '../model/failure.ts';
import { OVERSIZE } from '../mqtt/frames.ts';
import type { Hints, Platform } from '../platform/platform.ts';
import { reasonHint } from './reason-hint.ts';

const NOT_AUTHORISED =
  'not authorised: user name or password wrong or missing (so say mosquitto and others), or the device may not connect';

/** Of 3.1.1 (3.2.2.3, 3.9.3), of a SUBACK of MQTT 5 without a reason, and of what a CONNACK of MQTT 5 means that other packets do not. */
const HINT_OF_ANSWER: Hints = {
  'CONNACK 1': 'the broker does not support this protocol version; set `protocol:` to the other one',
  'CONNACK 2': 'the broker does not take this client id: its length, or its characters',
  'CONNACK 3': 'the MQTT service is not available: it is starting, stopping, or at a limit',
  'CONNACK 4': 'wrong user name or password, or one of them malformed',
  'CONNACK 5': NOT_AUTHORISED,
  'CONNACK 135': NOT_AUTHORISED,
  'SUBACK 128': 'the device may not subscribe to it, or the broker is at a limit; its log may say which',
};

const UNKNOWN_AUTHORITY =
  'the server’s certificate was signed by an authority that this machine does not know: set `tls.ca` to it (the server may have left a certificate between out)';

const HINT_OF_CERTIFICATE: Record<string, string> = {
  CERT_HAS_EXPIRED: 'the server’s certificate has expired, or this machine’s clock is wrong',
  CERT_NOT_YET_VALID: 'the server’s certificate is not valid yet, or this machine’s clock is wrong',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'the server’s certificate is for another name: set `tls.servername` to one it has, or connect to that name',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'the server’s certificate signs itself: set `tls.ca` to it, if it is the server that you mean',
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
};

const HINT_OF_KIND: Record<FailureKind, string> = {
  timeout: 'no answer in time: raise `connect.timeout`, or the far side is overloaded or filtered',
  refused: 'nothing listens on that address and port',
  reset: 'the far side or something between reset the connection; brokers do so when overloaded',
  closed:
    'the far side closed the connection without a word; brokers do so at a limit, after a bad packet, or when the same client id signs in elsewhere',
  unreachable: 'no route to that host from this machine',
  dns: 'the host name does not resolve: check its spelling and this machine’s resolver',
  certificate:
    'the server’s certificate was not accepted: set `tls.ca` to its CA, or `tls.servername` to its name',
  tls: 'the TLS handshake failed: is that a TLS port, and do both sides share a version?',
  rejected: 'the broker refused',
  forbidden:
    'not sent: the server said in its CONNACK that it does not take this (the code is its limit; `check --probe` shows all of them)',
  backpressure:
    'not sent: the far side reads, or acknowledges, more slowly than the pace asks for, and too much was waiting already',
  'cut-off':
    'some of what counts as sent was still in this process when the connection was closed: the far side reads too slowly for `gracefulStop`',
  kicked: 'another connection signed in with the same client id; a broker keeps one of each',
  keepalive: 'no PINGRESP within 1.5 × keepalive: the path is dead or the broker does not keep up',
  protocol: 'the far side does not speak MQTT on this port, or sent a malformed packet',
  module:
    'the module of `auth` threw (the code is the kind of its error), or returned no { clientId, username, password } of texts',
  'no-descriptors': 'this process is out of file descriptors: raise `ulimit -n`, or use more processes',
  'no-ports':
    'this machine is out of source ports towards that address: spread over several `localAddresses`, each of them this machine’s own',
  other: 'see the code',
};

const PLAIN_PORT =
  'the far side ended the TLS handshake: most likely that is a plain port (mqtt:// or ws:// in the target), or no version in common';
const OTHER_PORT =
  'the connection ended before a CONNACK: an MQTT port called with ws://, a TLS or WebSocket port called with mqtt://, or a broker at a limit; over TLS, perhaps a device’s certificate that the server does not take';
const NO_WEBSOCKET =
  'what answers on this port is no WebSocket endpoint for MQTT: check port and path of the target, or write mqtt://';

/** Of failures by phase and kind, where that says more than the kind alone. */
const HINT_OF_PHASE: Record<string, string> = {
  'tls closed': PLAIN_PORT,
  'tls reset': PLAIN_PORT,
  'connack closed': OTHER_PORT,
  'connack reset': OTHER_PORT,
};

const HINT_OF_PROTOCOL: Record<string, string> = {
  HTTP: 'an HTTP server answers on this port: the target’s port is not the broker’s, or is its WebSocket port (ws:// or wss://)',
  TLS: 'this is a TLS port: write mqtts:// (or wss://) in the target, or take the plain port',
  [OVERSIZE]:
    'the far side sent a packet of more than 1 MiB, which no client here takes, or does not speak MQTT on this port',
};

const NO_COMMON_VERSION =
  'the two sides have no version of TLS in common: look at `tls.minVersion` and `tls.maxVersion`';
const REFUSED_CERTIFICATE =
  'the server does not take the device’s certificate: it is not signed by an authority that the server knows, has expired, or was revoked';

/** What OpenSSL heard in an alert (RFC 8446, 6.2), or found by itself: the end of its code. */
const HINT_OF_TLS: readonly (readonly [RegExp, string])[] = [
  [/ALERT_PROTOCOL_VERSION$|UNSUPPORTED_PROTOCOL$|VERSION_TOO_LOW$/, NO_COMMON_VERSION],
  [
    /ALERT_CERTIFICATE_REQUIRED$/,
    'the server asks for a certificate of the device, which showed none: `tls.cert` and `tls.key`, or `auth: x509` for one of each device',
  ],
  [
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|ACCESS_DENIED|DECRYPT_ERROR)$/,
    REFUSED_CERTIFICATE,
  ],
  [
    /ALERT_HANDSHAKE_FAILURE$/,
    'the server ended the handshake: it asks for a certificate of the device, or the two sides have no cipher in common',
  ],
  [/ALERT_NO_APPLICATION_PROTOCOL$/, 'the server speaks none of the protocols in `tls.alpn` on this port'],
  [
    /ALERT_UNRECOGNIZED_NAME$/,
    'the server has no certificate for the name that it was asked for: set `tls.servername`',
  ],
  [
    /ALERT_UNKNOWN_PSK_IDENTITY$/,
    'the server does not know the device by its pre-shared key: no such device, or this port takes certificates only',
  ],
  [
    /ALERT_(BAD_RECORD_MAC|DECRYPTION_FAILED)$/,
    'the two sides came to different keys: with `auth: psk` the DeviceSecret is wrong',
  ],
];

const NO_TLS_CODE = /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL)$/;
/** Of Node's HTTP parser, and of ws where what answers is HTTP but no WebSocket. */
const NO_HTTP_CODE = /^(HPE_|WS_ERR_)/;

/** What a failure means where devices sign in to that platform, as `meaningOf` has it for those that sign in in one way. */
export function hinterOf({
  hints,
}: Pick<Platform, 'hints'>): (failure: { phase: string; kind: string; code: string }) => string {
  return (failure) => {
    const { phase, kind, code } = failure as Failure;
    if (phase === 'auth') return hintOfService(hints, kind, code);
    return hintOfAnswer(hints, code) ?? hintOfCode(kind, code) ?? hintOfPhase(hints, phase, kind);
  };
}

const SERVICE = 'the service that gives out tokens';
const SERVICE_ADDRESS = 'check `auth.url`, or the region of the target';

/** Of what came in place of a token, by the code without its number. */
const HINT_OF_SERVICE: Record<string, string> = {
  'HTTPS redirect': `${SERVICE} has moved, and redirects are not followed: set \`auth.url\` to where it is`,
  'HTTPS status': `what answers is no service that gives out tokens, or it is out of order: ${SERVICE_ADDRESS}, host, port and path`,
  'HTTPS no JSON': `what answers is HTTP but no service that gives out tokens: ${SERVICE_ADDRESS}`,
  'HTTPS no code': `what answers speaks JSON but is no service that gives out tokens: ${SERVICE_ADDRESS}`,
  'HTTPS too long': `what answers is no service that gives out tokens, its answer has more than 64 KB: ${SERVICE_ADDRESS}`,
  'HTTPS no token': `${SERVICE} said yes and gave none that a CONNECT can carry`,
  'HTTPS no address': `${SERVICE} gave no sound address to connect to: \`resources: false\` connects to the target`,
  'HTTPS other network': `${SERVICE} sends devices to an address outside of this machine and the private networks, and the target is inside: \`resources: false\` connects to the target`,
  HTTPS: `${SERVICE} refused; the number is its own code`,
};

/** Of the connection to it, by kind. */
const HINT_OF_WAY: Partial<Record<FailureKind, string>> = {
  refused: `nothing listens where tokens are asked for: ${SERVICE_ADDRESS}`,
  dns: `the name of ${SERVICE} does not resolve: ${SERVICE_ADDRESS}`,
  certificate: `the certificate of ${SERVICE} was not accepted: set \`tls.ca\` to its CA`,
  closed: `${SERVICE} closed the connection before it answered: an MQTT port, a TLS port called with http://, or a service that is overloaded`,
  reset: `the connection to ${SERVICE} was reset: an MQTT port, or a service that is overloaded`,
  tls: `no TLS handshake with ${SERVICE}: most likely that is a plain port; write http:// in \`auth.url\`, or name its TLS port`,
  protocol:
    'what answers where tokens are asked for is no HTTP: a TLS port called with http://, or no HTTP service at all',
  unreachable: `no route to ${SERVICE} from this machine`,
};

/** What came of the request that a login begins with. */
function hintOfService(hints: Hints, kind: FailureKind, code: string): string {
  if (kind === 'timeout') return `${HINT_OF_TIMEOUT.auth}; the limit is \`connect.timeout\``;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of ${SERVICE} is for another name: write that in \`auth.url\``;
  const certificate = kind === 'certificate' ? ownHint(HINT_OF_CERTIFICATE, code) : undefined;
  const said = code.startsWith('HTTPS ')
    ? (ownHint(hints, code) ?? ownHint(HINT_OF_SERVICE, code.replace(/ -?\d+$/, '')))
    : undefined;
  return said ?? certificate ?? HINT_OF_WAY[kind] ?? HINT_OF_KIND[kind] ?? HINT_OF_KIND.other;
}

/** What the server said in a packet or answer of its own. */
function hintOfAnswer(hints: Hints, code: string): string | undefined {
  const [, packet, reason] = /^(CONNACK|SUBACK|PUBACK|DISCONNECT) (\d+)$/.exec(code) ?? [];
  const own =
    ownHint(hints, code) ??
    ownHint(hints, reason) ??
    ownHint(HINT_OF_ANSWER, code) ??
    reasonHint(Number(reason));
  if (packet === 'CONNACK') return own ?? 'the broker refused the connection';
  if (packet === 'SUBACK') return `the broker refused the subscription: ${own ?? 'see the code'}`;
  if (packet === 'PUBACK') return `the broker refused the message: ${own ?? 'see the code'}`;
  if (packet === 'DISCONNECT') return own ?? 'the broker ended the connection; see the code';
  return own;
}

function ownHint(hints: Hints, name: string | undefined): string | undefined {
  return name !== undefined && Object.hasOwn(hints, name) ? hints[name] : undefined;
}

function hintOfCode(kind: FailureKind, code: string): string | undefined {
  if (kind === 'certificate' && Object.hasOwn(HINT_OF_CERTIFICATE, code)) return HINT_OF_CERTIFICATE[code];
  if (kind === 'protocol' && Object.hasOwn(HINT_OF_PROTOCOL, code)) return HINT_OF_PROTOCOL[code];
  if (kind === 'protocol' && NO_HTTP_CODE.test(code)) return NO_WEBSOCKET;
  if (NO_TLS_CODE.test(code)) return PLAIN_PORT;
  if (kind === 'tls') return HINT_OF_TLS.find(([pattern]) => pattern.test(code))?.[1];
  return code.startsWith('HTTP ') ? NO_WEBSOCKET : undefined;
}

function hintOfPhase(hints: Hints, phase: string, kind: FailureKind): string {
  if (phase === 'reply') return ownHint(hints, phase) ?? HINT_OF_REPLY;
  if (kind === 'timeout' && (CONNECT_PHASES as readonly string[]).includes(phase)) {
    return `${HINT_OF_TIMEOUT[phase] ?? HINT_OF_KIND.timeout}; the limit is \`connect.timeout\``;
  }
  const both = `${phase} ${kind}`;
  return (
    ownHint(hints, both) ??
    HINT_OF_PHASE[both] ??
    ownHint(hints, kind) ??
    HINT_OF_KIND[kind] ??
    HINT_OF_KIND.other
  );
}

const HINT_OF_REPLY = 'no answer within `replyTimeout`: nobody answers on that topic, or too late';

const HINT_OF_TIMEOUT: Record<string, string> = {
  sign: 'what the module of `auth` promised did not come in time',
  auth: 'the service that gives out credentials did not answer in time',
  dns: 'the resolver did not answer in time',
  tcp: 'no answer to SYN: filtered, or the listen queue overflows',
  tls: 'TCP was accepted but the TLS handshake did not finish: a plain port, or an overloaded server',
  connack: 'TCP was accepted but no CONNACK came: the broker is overloaded or this is not MQTT',
};
