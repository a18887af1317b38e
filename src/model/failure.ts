/** A device's failure is data: where it happened, what kind it was, and what the system or the broker said. All three are closed sets. */

/** Phases of an attempt, in their order; `auth` is the requests that some ways of signing in take before they connect. */
export const CONNECT_PHASES = ['sign', 'auth', 'dns', 'tcp', 'tls', 'connack'] as const;
export type ConnectPhase = (typeof CONNECT_PHASES)[number];
/** What `auth` has to do first where it opens a connection of its own. */
export const AUTH_PARTS = ['dns', 'tcp', 'tls'] as const;
export type AuthPart = (typeof AUTH_PARTS)[number];

/**
 * `suback`, `puback` and `reply` are refused or missing answers on an open connection, `publish` is a message that was not sent at all;
 * `open` is the loss of the connection.
 */
export type FailurePhase = ConnectPhase | 'suback' | 'publish' | 'puback' | 'reply' | 'open';

export type FailureKind =
  | 'timeout'
  | 'refused'
  | 'reset'
  | 'closed'
  | 'unreachable'
  | 'dns'
  | 'certificate'
  | 'tls'
  | 'rejected'
  | 'forbidden'
  | 'backpressure'
  | 'cut-off'
  | 'kicked'
  | 'keepalive'
  | 'protocol'
  | 'module'
  | 'no-descriptors'
  | 'no-ports'
  | 'other';

export interface Failure {
  phase: FailurePhase;
  kind: FailureKind;
  /** ECONNREFUSED, CERT_HAS_EXPIRED, CONNACK 5, SUBACK 128, Maximum QoS 0; empty where nothing was said. */
  code: string;
}

const KIND_OF_ERRNO: Record<string, FailureKind> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  ENOTFOUND: 'dns',
  EMFILE: 'no-descriptors',
  ENFILE: 'no-descriptors',
  EADDRNOTAVAIL: 'no-ports',
  // The same where the local address was ours to choose: the port is then taken before it is known where to.
  EADDRINUSE: 'no-ports',
};

/** OpenSSL's verification errors, as Node puts them into `code`. */
const CERTIFICATE_CODE =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_C|CRL_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_|HOSTNAME_|ERR_TLS_CERT_)/;
const TLS_CODE = /^(ERR_SSL_|ERR_TLS_|EPROTO$)/;
/** getaddrinfo's own errors. */
const DNS_CODE = /^EAI_/;
/** Error codes of ws and Node's HTTP parser: the far side speaks no WebSocket, or speaks it badly. */
const WEBSOCKET_CODE = /^(WS_ERR_|HPE_)/;
/** Error codes of node:stream: somebody wrote to a connection that had just ended. */
const STREAM_CODE = /^ERR_STREAM_/;

type CodedError = Error & { code?: unknown; syscall?: unknown };

/** An Error of node:net, node:tls, node:dns, ws or the MQTT library → what it means. `undefined` is a close without any error. */
export function classify(phase: FailurePhase, error: CodedError | undefined): Failure {
  if (error === undefined || isPlainClose(error)) return { phase, kind: 'closed', code: '' };
  const { code } = error;
  if (typeof code === 'string') return { phase, kind: kindOfCode(phase, code), code };
  if (/keepalive timeout/i.test(error.message)) return { phase, kind: 'keepalive', code: '' };
  const httpStatus = /^Unexpected server response: (\d{3})$/.exec(error.message);
  if (httpStatus) return { phase, kind: 'rejected', code: `HTTP ${httpStatus[1]}` };
  // What is left are the packet parser's complaints: the peer does not speak MQTT.
  return { phase, kind: 'protocol', code: '' };
}

/**
 * Node reports an orderly close at a bad moment (in the TLS handshake, before the HTTP answer, a write after it) as ECONNRESET or EPIPE of
 * its own making; the system's own name the call that failed.
 */
function isPlainClose({ code, syscall }: CodedError): boolean {
  return (code === 'ECONNRESET' || code === 'EPIPE') && syscall === undefined;
}

function kindOfCode(phase: FailurePhase, code: string): FailureKind {
  const known = KIND_OF_ERRNO[code];
  if (known !== undefined) return known;
  if (CERTIFICATE_CODE.test(code)) return 'certificate';
  if (WEBSOCKET_CODE.test(code)) return 'protocol';
  if (STREAM_CODE.test(code)) return 'closed';
  if (phase === 'dns' || DNS_CODE.test(code)) return 'dns';
  return phase === 'tls' || TLS_CODE.test(code) ? 'tls' : 'other';
}

/** CONNACK with a return code (3.1.1) or reason code (5) other than 0. */
export function rejectedConnack(returnCode: number): Failure {
  return { phase: 'connack', kind: 'rejected', code: `CONNACK ${returnCode}` };
}

/** MQTT 5: the session was taken over by another connection. */
const SESSION_TAKEN_OVER = 0x8e;

/** The server said goodbye in a DISCONNECT (MQTT 5, 3.14.2.1). */
export function disconnectedByServer(reasonCode: number): Failure {
  const kind = reasonCode === SESSION_TAKEN_OVER ? 'kicked' : 'closed';
  return { phase: 'open', kind, code: `DISCONNECT ${reasonCode}` };
}

/** What the far side sent is no sound MQTT, or none that it may send; `code` may say more. */
export function malformedBy(phase: 'connack' | 'open', code = ''): Failure {
  return { phase, kind: 'protocol', code };
}
