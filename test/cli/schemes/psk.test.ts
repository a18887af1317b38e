/** TLS-PSK against the stand-in: by both clients, and by openssl as the platform's C SDK does it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pskOf } from '../../../src/platform/aliyun/signing/psk.ts';
import { cli, readSummary, startCli, temporaryFolder } from '../../support/cli.ts';
import { everythingOf } from '../../support/everything.ts';
import { findProgram, mustBeInstalledInCi } from '../../support/program.ts';

const folder = temporaryFolder();
const CANARY = 'canary5ecret';
const LIST = `productKey,deviceName,deviceSecret\na1Psk,d1,${CANARY}1\na1Psk,d2,${CANARY}2\na1Psk,d3,${CANARY}3\n`;
/** What the handshake is made with, which is as good as the secret. */
const KEYS = ['1', '2', '3'].map((n) => pskOf('a1Psk', `d${n}`, `${CANARY}${n}`));
writeFileSync(join(folder, 'list.csv'), LIST, { mode: 0o600 });
/** Of one device another secret, one not at all, and one as it is. */
writeFileSync(join(folder, 'known.csv'), LIST.replace(`${CANARY}1`, 'another').replace('d2', 'd4'), {
  mode: 0o600,
});
writeFileSync(
  join(folder, 'psk.yaml'),
  `target: embedded
devices: { file: list.csv }
auth: psk
broker: { tls: true }
connect: { stages: [{ duration: 300ms, rate: 10/s }] }
hold: 300ms
`,
);

async function run(name: string, ...sets: string[]) {
  const out = join(folder, name);
  mkdirSync(out);
  const set = sets.flatMap((each) => ['--set', each]);
  const args = ['run', join(folder, 'psk.yaml'), '--workers', '1', '--allow-invalid', '--out', out, ...set];
  const done = await cli(args);
  const everything = everythingOf(done, out);
  expect(everything).not.toContain(CANARY);
  for (const { key } of KEYS) expect(everything).not.toContain(key.toString());
  return { code: done.code, ...readSummary(out) };
}

describe.each(['mqtt', 'wire'])('auth: psk with client %s', (client) => {
  it('signs a device in without a certificate on either side; a wrong secret and an unknown device are refused, each in its own way', async () => {
    const known = ['broker={ tls: true, devices: known.csv }', 'thresholds={ connects_ok: [share == 1] }'];
    const { code, counters, failures, standIn } = await run(client, `client=${client}`, ...known);
    expect(code).toBe(99);
    expect(counters).toMatchObject({ connects_ok: 1, connects_failed: 2, tls_handshakes_full: 1 });
    expect(standIn!.counts).toMatchObject({ tls_handshakes_full: 1, connects_ok: 1 });
    const told = Object.fromEntries(
      failures.map(({ phase, kind, code, examples, hint }) => [
        code,
        { at: `${phase} ${kind}`, examples, hint },
      ]),
    );
    expect(told).toMatchObject({
      ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC: {
        at: 'tls tls',
        examples: ['d1'],
        hint: expect.stringContaining('DeviceSecret'),
      },
      ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY: {
        at: 'tls tls',
        examples: ['d2'],
        hint: expect.stringContaining('no such device'),
      },
    });
  });
});

it('needs a target over TLS, and 1.2', async () => {
  const sets = ['--set', 'broker={}', '--set', 'tls.minVersion=1.3'];
  const { code, stderr } = await cli(['check', join(folder, 'psk.yaml'), ...sets]);
  expect(code).toBe(104);
  expect(stderr).toContain('auth is psk, which is a part of the TLS handshake');
  expect(stderr).toContain('is above TLS 1.2, the only version that psk has');
});

const OPENSSL = findProgram('openssl');
mustBeInstalledInCi('openssl', OPENSSL);
it.skipIf(OPENSSL === undefined)('the stand-in’s TLS port takes the one cipher of the C SDK', async () => {
  const ports = ['--port', '0', '--tls-port', '0'];
  const broker = startCli(['broker', '--devices', join(folder, 'list.csv'), ...ports, '--json']);
  let said = '';
  broker.child.stderr!.on('data', (text) => {
    said += text;
  });
  await broker.says('listens on');
  const port = /mqtts:[^ ]*:(\d+)/.exec(said)![1]!;
  const { identity, key } = pskOf('a1Psk', 'd1', `${CANARY}1`);
  const how = [
    '-tls1_2',
    '-cipher',
    'PSK-AES128-CBC-SHA',
    '-psk_identity',
    identity,
    '-psk',
    key.toString('hex'),
  ];
  const client = spawn(OPENSSL!, ['s_client', '-connect', `127.0.0.1:${port}`, ...how], { stdio: 'pipe' });
  let heard = '';
  client.stdout.on('data', (text) => {
    heard += text;
    if (heard.includes('Verify return code')) client.stdin.end();
  });
  await once(client, 'close');
  expect(heard).toMatch(/New, .*Cipher is PSK-AES128-CBC-SHA/);
  broker.child.kill('SIGINT');
  const { stdout } = await broker.finished;
  expect(JSON.parse(stdout)).toMatchObject({ tls_handshakes_full: 1 });
});
