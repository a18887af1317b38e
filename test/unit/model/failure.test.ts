import { describe, expect, it } from 'vitest';
import {
  classify,
  type FailureKind,
  type FailurePhase,
  rejectedConnack,
} from '../../../src/model/failure.ts';

/** As the system makes them: with the call that failed. */
function systemError(code: string, syscall = 'read'): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall, errno: -1 });
}

/** As Node, OpenSSL and libraries make them. */
function codedError(code: unknown, message = 'it failed'): Error {
  return Object.assign(new Error(message), { code });
}

describe('classify', () => {
  it.each<[FailurePhase, string, FailureKind]>([
    ['tcp', 'ECONNREFUSED', 'refused'],
    ['tcp', 'ETIMEDOUT', 'timeout'],
    ['tcp', 'EHOSTUNREACH', 'unreachable'],
    ['tcp', 'EHOSTDOWN', 'unreachable'],
    ['tcp', 'ENETUNREACH', 'unreachable'],
    ['tcp', 'ENETDOWN', 'unreachable'],
    ['tcp', 'EMFILE', 'no-descriptors'],
    ['tcp', 'ENFILE', 'no-descriptors'],
    ['dns', 'EMFILE', 'no-descriptors'],
    ['tcp', 'EADDRNOTAVAIL', 'no-ports'],
    ['tcp', 'EADDRINUSE', 'no-ports'],
    ['tcp', 'EACCES', 'other'],
    ['dns', 'ENOTFOUND', 'dns'],
    ['dns', 'EAI_AGAIN', 'dns'],
    ['dns', 'EAI_NODATA', 'dns'],
    ['dns', 'EAI_FAIL', 'dns'],
    ['dns', 'ESERVFAIL', 'dns'],
    ['tls', 'ECONNRESET', 'reset'],
    ['connack', 'ECONNRESET', 'reset'],
    ['connack', 'ECONNABORTED', 'reset'],
    ['open', 'ECONNRESET', 'reset'],
    ['open', 'EPIPE', 'reset'],
    ['open', 'ETIMEDOUT', 'timeout'],
  ])('in phase %s, the system’s %s is %s', (phase, code, kind) => {
    expect(classify(phase, systemError(code))).toEqual({ phase, kind, code });
  });

  it.each<[FailurePhase, string, FailureKind]>([
    ['tls', 'CERT_HAS_EXPIRED', 'certificate'],
    ['tls', 'CERT_NOT_YET_VALID', 'certificate'],
    ['tls', 'CERT_REVOKED', 'certificate'],
    ['tls', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
    ['tls', 'SELF_SIGNED_CERT_IN_CHAIN', 'certificate'],
    ['tls', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate'],
    ['tls', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate'],
    ['tls', 'ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
    ['tls', 'ERROR_IN_CERT_NOT_AFTER_FIELD', 'certificate'],
    ['tls', 'CRL_HAS_EXPIRED', 'certificate'],
    ['tls', 'INVALID_CA', 'certificate'],
    ['tls', 'INVALID_PURPOSE', 'certificate'],
    ['tls', 'PATH_LENGTH_EXCEEDED', 'certificate'],
    ['tls', 'HOSTNAME_MISMATCH', 'certificate'],
    ['tls', 'ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['tls', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls'],
    ['tls', 'EPROTO', 'tls'],
    ['tls', 'ERR_SOMETHING_NEW', 'tls'],
    // TLS 1.3: the server refuses the client's certificate after the client has ended its handshake.
    ['connack', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls'],
    ['connack', 'HPE_INVALID_CONSTANT', 'protocol'],
    ['open', 'WS_ERR_INVALID_OPCODE', 'protocol'],
    ['open', 'ERR_STREAM_WRITE_AFTER_END', 'closed'],
    ['open', 'ERR_SOMETHING_NEW', 'other'],
  ])('in phase %s, the code %s is %s', (phase, code, kind) => {
    expect(classify(phase, codedError(code))).toEqual({ phase, kind, code });
  });

  it.each([
    ['ECONNRESET', 'Client network socket disconnected before secure TLS connection was established'],
    ['ECONNRESET', 'socket hang up'],
    ['EPIPE', 'This socket has been ended by the other party'],
  ])('%s of Node’s own making (%s) is no reset', (code, message) => {
    expect(classify('tls', codedError(code, message))).toEqual({ phase: 'tls', kind: 'closed', code: '' });
  });

  it('no error at all is a close', () => {
    expect(classify('connack', undefined)).toEqual({ phase: 'connack', kind: 'closed', code: '' });
  });

  it.each<[string, FailureKind, string]>([
    ['Keepalive timeout', 'keepalive', ''],
    ['Unexpected server response: 403', 'rejected', 'HTTP 403'],
    ['Server sent no subprotocol', 'protocol', ''],
    ['Invalid header flag bits, must be 0x0 for puback packet', 'protocol', ''],
  ])('by its message, "%s" is %s', (message, kind, code) => {
    expect(classify('open', new Error(message))).toEqual({ phase: 'open', kind, code });
  });

  it('takes a library’s numeric code for what it is, a protocol error', () => {
    expect(classify('open', codedError(130))).toEqual({ phase: 'open', kind: 'protocol', code: '' });
  });
});

it('names the code of a refusal', () => {
  expect(rejectedConnack(5)).toEqual({ phase: 'connack', kind: 'rejected', code: 'CONNACK 5' });
});
