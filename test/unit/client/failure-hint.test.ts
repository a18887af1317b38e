import { describe, expect, it } from 'vitest';
import { CONNECT_PHASES, type FailureKind, rejectedConnack } from '../../../src/client/failure.ts';
import { hintOf } from '../../../src/client/failure-hint.ts';

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
  kicked: true,
  keepalive: true,
  protocol: true,
  'no-descriptors': true,
  'no-ports': true,
  other: true,
};

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
});
