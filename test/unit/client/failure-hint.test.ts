import { describe, expect, it } from 'vitest';
import { hinterOf } from '../../../src/client/failure-hint.ts';
import { CONNECT_PHASES, type FailureKind, rejectedConnack } from '../../../src/model/failure.ts';
import { aliyun } from '../../../src/platform/aliyun/aliyun.ts';

/** A record, so that the compiler asks for every new kind. */
const KINDS: Record<FailureKind, true> = {
  timeout: true,
  refused: true,
  reset: true,
  closed: true,
  unreachable: true,
  dns: true,
  certificate: true,
  tls: true,
  rejected: true,
  forbidden: true,
  backpressure: true,
  'cut-off': true,
  kicked: true,
  keepalive: true,
  protocol: true,
  module: true,
  'no-descriptors': true,
  'no-ports': true,
  other: true,
};

const hintOf = hinterOf(aliyun);

describe('hintOf', () => {
  it('says something of its own about every kind', () => {
    const hints = Object.keys(KINDS).map((kind) => hintOf({ phase: 'open', kind, code: '' }));
    for (const hint of hints) expect(hint).toMatch(/\w{3}/);
    expect(new Set(hints).size).toBe(hints.length);
  });

  it('says something of its own about CONNACK 1 to 5', () => {
    const hints = [1, 2, 3, 4, 5].map((code) => hintOf(rejectedConnack(code)));
    expect(new Set(hints).size).toBe(5);
    expect(hints[3]).toContain('DeviceSecret');
  });

  /** By packet, those of the standard (MQTT 5, 2.4) that a server may send. */
  it.each([
    [
      'connack',
      'rejected',
      'CONNACK',
      [
        128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 140, 144, 149, 151, 153, 154, 155, 156, 157,
        159,
      ],
    ],
    ['suback', 'rejected', 'SUBACK', [128, 131, 135, 143, 145, 151, 158, 161, 162]],
    ['puback', 'rejected', 'PUBACK', [128, 131, 135, 144, 145, 151, 153]],
    ['open', 'closed', 'DISCONNECT', Array.from({ length: 35 }, (_, n) => 128 + n)],
  ])('says something of its own about every reason in a packet (%s)', (phase, kind, packet, codes) => {
    const unknown = hintOf({ phase, kind, code: `${packet} 250` });
    const hints = codes.map((code) => hintOf({ phase, kind, code: `${packet} ${code}` }));
    expect(new Set([...hints, unknown]).size).toBe(codes.length + 1);
    for (const hint of [...hints, unknown]) expect(hint).not.toContain('without a word');
  });

  it.each([
    ['connack', 'closed', '', 'ws://'],
    ['connack', 'reset', 'ECONNRESET', 'ws://'],
    ['connack', 'protocol', 'HTTP', 'HTTP server'],
    ['connack', 'protocol', 'TLS', 'mqtts://'],
    ['connack', 'protocol', 'HPE_INVALID_CONSTANT', 'WebSocket'],
    ['connack', 'rejected', 'HTTP 404', 'WebSocket'],
    ['tls', 'closed', '', 'plain port'],
    ['tls', 'reset', 'ECONNRESET', 'plain port'],
    ['tls', 'tls', 'ERR_SSL_WRONG_VERSION_NUMBER', 'plain port'],
  ])('names the wrong port behind %s %s %s', (phase, kind, code, words) => {
    expect(hintOf({ phase, kind, code })).toContain(words);
  });

  it('knows in which phase the time ran out', () => {
    const hints = CONNECT_PHASES.map((phase) => hintOf({ phase, kind: 'timeout', code: '' }));
    for (const hint of hints) expect(hint).toContain('connect.timeout');
    expect(new Set(hints).size).toBe(hints.length);
    expect(hintOf({ phase: 'suback', kind: 'timeout', code: '' })).toMatch(/\w{3}/);
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls.servername'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls.ca'],
  ])('tells %s from other certificate faults', (code, word) => {
    expect(hintOf({ phase: 'tls', kind: 'certificate', code })).toContain(word);
  });

  it.each([
    ['connack', 'rejected', 'CONNACK 200'],
    ['connack', 'rejected', 'HTTP 418'],
    ['suback', 'rejected', 'SUBACK 199'],
    ['puback', 'rejected', 'PUBACK 199'],
    ['open', 'closed', 'DISCONNECT 250'],
    ['tcp', 'refused', 'EWHATEVER'],
    ['tls', 'certificate', 'toString'],
    ['nowhere', 'of a later version', 'X'],
  ])('has an answer to what it does not know (%s, %s, %s)', (phase, kind, code) => {
    const hint = hintOf({ phase, kind, code });
    expect(typeof hint).toBe('string');
    expect(hint).toMatch(/\w{3}/);
  });

  it('tells the ways apart in which a TLS handshake fails', () => {
    const of = (kind: FailureKind, code: string): string => hintOf({ phase: 'tls', kind, code });
    const hints = [
      of('tls', ''),
      of('tls', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'),
      of('tls', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
      of('tls', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'),
      of('tls', 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'),
      of('tls', 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'),
      of('tls', 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME_ALERT_UNRECOGNIZED_NAME'),
      of('tls', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY'),
      of('tls', 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC'),
      of('tls', 'ERR_SSL_WRONG_VERSION_NUMBER'),
      of('certificate', 'CERT_HAS_EXPIRED'),
      of('certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'),
      of('certificate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
      of('certificate', 'ERR_TLS_CERT_ALTNAME_INVALID'),
      of('certificate', 'CERT_SIGNATURE_FAILURE'),
    ];
    expect(new Set(hints).size).toBe(hints.length);
    expect(of('tls', 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED')).toBe(hints[3]);
  });
});
