/** What each kind of failure means in plain words and what to do about it. */
import { CONNECT_PHASES, type Failure, type FailureKind } from './failure.ts';

/** Aliyun's explanation of the CONNACK return codes (help 148610); MQTT 5 reason codes from 128 on. */
const HINT_OF_CONNACK: Record<string, string> = {
  'CONNACK 1': 'the broker does not support this protocol version; set `protocol:` to the other one',
  'CONNACK 2':
    'malformed client id: its |…| part, its length (64), or securemode against the transport (2 = TLS, 3 = TCP)',
  'CONNACK 3':
    'MQTT service not available: wrong region or instance, keepalive outside 30-1200 s, or a quota of the endpoint is used up',
  'CONNACK 4':
    'wrong user name or password: check the DeviceSecret; `mqtt-fleet sign --explain` names the usual mistakes',
  'CONNACK 5': 'not authorised: no such device in this product, or it is disabled or deleted',
  'CONNACK 132': 'the broker does not support MQTT 5; set `protocol: 3.1.1`',
  'CONNACK 133': 'client identifier not valid (its length or its |…| part)',
  'CONNACK 134': 'wrong user name or password: check the DeviceSecret',
  'CONNACK 135': 'not authorised: no such device, or it is disabled',
  'CONNACK 136': 'server unavailable',
  'CONNACK 137': 'server busy: connect more slowly',
  'CONNACK 138': 'banned by the server',
  'CONNACK 151': 'quota exceeded',
  'CONNACK 159': 'connection rate exceeded: connect more slowly',
};

const HINT_OF_CERTIFICATE: Record<string, string> = {
  CERT_HAS_EXPIRED: 'the server’s certificate has expired, or this machine’s clock is wrong',
  CERT_NOT_YET_VALID: 'the server’s certificate is not valid yet, or this machine’s clock is wrong',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'the server’s certificate is for another name: set `tls.servername` to one it has, or connect to that name',
};

const HINT_OF_KIND: Record<FailureKind, string> = {
  timeout: 'no answer in time: raise `connect.timeout`, or the far side is overloaded or filtered',
  refused: 'nothing listens on that address and port',
  reset: 'the far side or something between reset the connection; brokers do so when overloaded',
  closed: 'the far side closed the connection without a word; brokers do so at a limit or after a bad packet',
  unreachable: 'no route to that host from this machine',
  dns: 'the host name does not resolve: check the region, the instance and this machine’s resolver',
  certificate:
    'the server’s certificate was not accepted: set `tls.ca` to its CA, or `tls.servername` to its name',
  tls: 'the TLS handshake failed: is that a TLS port, and do both sides share a version?',
  rejected: 'the broker refused',
  kicked: 'another connection signed in with the same triple; the platform keeps one per device',
  keepalive: 'no PINGRESP within 1.5 × keepalive: the path is dead or the broker does not keep up',
  protocol: 'the far side does not speak MQTT on this port, or sent a malformed packet',
  'no-descriptors': 'this process is out of file descriptors: raise `ulimit -n`, or use more processes',
  'no-ports':
    'this machine is out of source ports towards that address: use several local addresses or targets',
  other: 'see the code',
};

export function hintOf(failure: { phase: string; kind: string; code: string }): string {
  const { phase, kind, code } = failure as Failure;
  if (code.startsWith('CONNACK')) return HINT_OF_CONNACK[code] ?? 'the broker refused the connection';
  if (code.startsWith('SUBACK'))
    return 'the broker refused the subscription: own topics only, and at most 100 of them';
  if (code.startsWith('PUBACK')) return 'the broker refused the message';
  if (kind === 'certificate' && Object.hasOwn(HINT_OF_CERTIFICATE, code)) return HINT_OF_CERTIFICATE[code]!;
  if (phase === 'reply') return HINT_OF_REPLY;
  if (kind === 'timeout' && (CONNECT_PHASES as readonly string[]).includes(phase)) {
    return `${HINT_OF_TIMEOUT[phase] ?? HINT_OF_KIND.timeout}; the limit is \`connect.timeout\``;
  }
  return HINT_OF_KIND[kind] ?? HINT_OF_KIND.other;
}

const HINT_OF_REPLY =
  'no answer within `replyTimeout`: the platform drops what is above its rate silently (30/s per device at QoS 0, 10/s at QoS 1)';

const HINT_OF_TIMEOUT: Record<string, string> = {
  dns: 'the resolver did not answer in time',
  tcp: 'no answer to SYN: filtered, or the listen queue overflows',
  tls: 'TCP was accepted but the TLS handshake did not finish: a plain port, or an overloaded server',
  connack: 'TCP was accepted but no CONNACK came: the broker is overloaded or this is not MQTT',
};
