/** Who can talk TLS with the stand-in, asked of openssl: devices have cipher suites and versions that Node's own client has not. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type StandIn, type StandInSettings, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { findProgram, mustBeInstalledInCi } from '../../support/program.ts';
import { DEVICES } from './fleet.ts';

const openssl = findProgram('openssl');
const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

mustBeInstalledInCi('openssl', openssl);

interface Handshake {
  code: number | null;
  said: string;
}

/** A handshake in which the server's certificate must be right for the address. */
async function shake({ ca, ports }: StandIn, ...options: string[]): Promise<Handshake> {
  const file = join(folder, 'ca.pem');
  writeFileSync(file, ca!);
  const trust = ['-CAfile', file, '-verify_ip', '127.0.0.1', '-verify_return_error'];
  const args = ['s_client', '-connect', `127.0.0.1:${ports.tls}`, ...trust, ...options];
  const child = spawn(openssl!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, said };
}

async function shakeWith(settings: Partial<StandInSettings>, ...options: string[]): Promise<Handshake> {
  const standIn = await startStandIn({ devices: DEVICES, tls: 0, ...settings });
  try {
    return await shake(standIn, ...options);
  } finally {
    await standIn.close();
  }
}

const FORWARD = ['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256'];
/** The client enciphers the secret with the key of the certificate, as small devices do. */
const RSA_ONLY = ['-tls1_2', '-cipher', 'AES128-SHA256'];

describe.runIf(openssl !== undefined)('TLS of the stand-in', () => {
  it.each([
    ['signatures with RSA', FORWARD],
    ['RSA and nothing else', RSA_ONLY],
    ['both, as the C Link SDK offers them', ['-tls1_2', '-cipher', `${FORWARD[2]}:${RSA_ONLY[2]}`]],
    ['TLS 1.3', ['-tls1_3']],
  ])('has a certificate of RSA for a client with %s', async (_, options) => {
    const { code, said } = await shakeWith({}, ...options);
    expect(said).toContain('Verify return code: 0 (ok)');
    expect(said).toMatch(/Server public key is 2048 bit/);
    expect(said).toMatch(/rsa.*sha256|sha256.*rsa/i);
    expect(code).toBe(0);
  });

  it('has one of ECDSA where that is asked for, with which the same client can do nothing', async () => {
    const taken = await shakeWith({ certificate: 'ecdsa' }, '-tls1_2');
    expect(taken.said).toContain('Verify return code: 0 (ok)');
    expect(taken.said).toMatch(/Server public key is 256 bit/);
    const refused = await shakeWith({ certificate: 'ecdsa' }, ...RSA_ONLY);
    expect(refused.said).toMatch(/handshake failure/);
    expect(refused.code).not.toBe(0);
  });

  it.each([
    ['TLSv1.2', 'tls1_2', 'tls1_3'],
    ['TLSv1.3', 'tls1_3', 'tls1_2'],
  ] as const)('speaks %s only where that is asked for', async (tlsVersion, right, wrong) => {
    const taken = await shakeWith({ tlsVersion }, `-${right}`);
    expect(taken.said).toContain('Verify return code: 0 (ok)');
    const refused = await shakeWith({ tlsVersion }, `-${wrong}`);
    expect(refused.said).toMatch(/alert protocol version/);
    expect(refused.code).not.toBe(0);
  });
});
