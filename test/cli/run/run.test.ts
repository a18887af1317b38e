import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectBalanced } from '../../support/books.ts';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';

const QUICK = [
  'run',
  'scenarios/quickstart.yaml',
  '--allow-invalid',
  '--set',
  'connect.stages.0.rate=200/s',
  '--set',
  'connect.stages.0.duration=1s',
];

describe('run', () => {
  it('takes a scenario to a report that balances and that the stand-in agrees with', async () => {
    const out = temporaryFolder();
    const { code, stdout, stderr } = await cli([...QUICK, '--set', 'hold=7s', '--out', out]);
    expect(stderr).toContain('open 200/200');
    expect(code).toBe(0);
    expect(stdout).toContain('200 ok');
    expect(stdout).toContain('Stand-in    agrees');
    expect(readdirSync(out).sort()).toEqual([
      'histograms.hlog',
      'junit.xml',
      'percentiles',
      'report.html',
      'run.log',
      'scenario.yaml',
      'snapshots.jsonl',
      'summary.json',
      'summary.md',
    ]);
    const summary = readSummary(out);
    expectBalanced(out);
    expect(summary.counters.connects_ok).toBe(200);
    expect(summary.counters.messages_acked).toBeGreaterThan(400);
    expect(summary.counters.replies_received).toBe(summary.counters.messages_acked);
    expect(summary.trends.reply_latency?.count).toBe(summary.counters.replies_received);
    expect(summary.trends.connect_tls).toBeNull();
    expect(summary.standIn?.differences).toEqual([]);
  });

  it('prints the same summary as JSON, alone on stdout, that it writes', async () => {
    const out = temporaryFolder();
    const { stdout, stderr } = await cli([...QUICK, '--set', 'hold=1s', '--out', out, '--json', '--quiet']);
    expect(JSON.parse(stdout)).toEqual(readSummary(out));
    expect(stderr).toBe('');
  });

  it('shares devices that do not divide evenly among workers', async () => {
    const out = temporaryFolder();
    const { code } = await cli([
      ...QUICK,
      '--workers',
      '3',
      '--set',
      'devices.generate.count=199',
      '--set',
      'hold=2s',
      '--out',
      out,
    ]);
    expect(code).toBe(0);
    expect(readSummary(out).scenario.workers).toBe(3);
    expect(readSummary(out).counters.connects_ok).toBe(199);
    expectBalanced(out);
  });

  it('signs in over TLS with securemode 2', async () => {
    const out = temporaryFolder();
    await cli([
      ...QUICK,
      '--set',
      'broker.tls=true',
      '--set',
      'connect.stages.0.rate=50/s',
      '--set',
      'hold=1s',
      '--out',
      out,
    ]);
    const { counters, trends } = readSummary(out);
    expect(counters.connects_ok).toBe(50);
    expect(trends.connect_tls?.count).toBe(50);
    expectBalanced(out);
  });

  it('counts three wrong secrets among a thousand, names them, and carries on with the rest', async () => {
    const folder = temporaryFolder();
    const right = join(folder, 'right.csv');
    const wrong = join(folder, 'wrong.csv');
    await cli(['devices', '--product-key', 'a1Wrong', '--count', '1000', '--out', right]);
    const rows = readFileSync(right, 'utf8').split('\n');
    for (const index of [10, 500, 900]) rows[index] = rows[index]!.replace(/[^,]*$/, 'not-the-secret');
    writeFileSync(wrong, rows.join('\n'));
    const scenario = join(folder, 'wrong.yaml');
    writeFileSync(
      scenario,
      'target: embedded\nbroker: { devices: right.csv }\ndevices: { file: wrong.csv }\nconnect: { stages: [{ duration: 4s, rate: 250/s }] }\n',
    );
    const out = join(folder, 'out');
    const { code, stdout } = await cli(['run', scenario, '--allow-invalid', '--out', out, '--quiet']);
    expect(code).toBe(0);
    const { counters, failures } = readSummary(out);
    expect(counters.connects_ok).toBe(997);
    expect(counters.connects_failed).toBe(3);
    expect(failures).toEqual([
      {
        phase: 'connack',
        kind: 'rejected',
        code: 'CONNACK 4',
        count: 3,
        hint: expect.stringContaining('DeviceSecret'),
        examples: [10, 500, 900].map((index) => rows[index]!.split(',')[1]),
      },
    ]);
    expect(stdout).toContain('CONNACK 4');
    expectBalanced(out);
  });

  it('leaves no DeviceSecret in anything it prints or writes', async () => {
    const folder = temporaryFolder();
    const canary = 'canary5ecretcanary5ecretcanary5e';
    const rows = Array.from({ length: 20 }, (_, index) => `a1Canary,d${index},${canary}${index}`);
    writeFileSync(join(folder, 'devices.csv'), `productKey,deviceName,deviceSecret\n${rows.join('\n')}\n`);
    const scenario = join(folder, 'canary.yaml');
    writeFileSync(scenario, 'target: embedded\ndevices: { file: devices.csv }\n');
    const out = join(folder, 'out');
    const { code, stdout, stderr } = await cli(['run', scenario, '--allow-invalid', '--out', out]);
    expect(code).toBe(0);
    expect(readSummary(out).counters.connects_ok).toBe(20);
    const written = readdirSync(out, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    expect(written.length).toBeGreaterThan(8);
    for (const text of [stdout, stderr, ...written]) expect(text).not.toContain('canary5ecret');
  });
});
