import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, readSummary, startCli, temporaryFolder } from '../support/cli.ts';

const QUICK = [
  'run',
  'scenarios/quickstart.yaml',
  '--allow-invalid',
  '--set',
  'connect.stages.0.rate=200/s',
  '--set',
  'connect.stages.0.duration=1s',
];

function expectBalanced(folder: string): void {
  const { counters: c, imbalances, standIn } = readSummary(folder);
  expect(c.connects_scheduled).toBe(
    c.connects_ok + c.connects_failed + c.connects_dropped + c.connects_cancelled + c.connects_lost,
  );
  expect(c.messages_sent - c.messages_sent_qos0).toBe(
    c.messages_acked + c.messages_failed + c.messages_unacked,
  );
  expect(imbalances).toEqual([]);
  // What a lost worker did after its last snapshot only the stand-in knows.
  if (standIn !== null && c.connects_lost === 0) expect(standIn.counts.connects_ok).toBe(c.connects_ok);
}

describe('run', () => {
  it('takes a scenario to a report that balances and that the stand-in agrees with', async () => {
    const out = temporaryFolder();
    const { code, stdout, stderr } = await cli([...QUICK, '--set', 'hold=3s', '--out', out]);
    expect(stderr).toContain('open 200/200');
    expect(code).toBe(0);
    expect(stdout).toContain('200 ok');
    expect(stdout).toContain('Stand-in    agrees');
    expect(readdirSync(out).sort()).toEqual([
      'histograms.hlog',
      'percentiles',
      'report.html',
      'run.log',
      'scenario.yaml',
      'summary.json',
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

  it('stops gracefully on SIGINT, writes the report and exits 105', async () => {
    const out = temporaryFolder();
    const run = startCli(['run', 'scenarios/quickstart.yaml', '--allow-invalid', '--out', out]);
    await run.says('open ');
    run.child.kill('SIGINT');
    const { code, stderr } = await run.finished;
    expect(code).toBe(105);
    expect(stderr).toContain('stopping: SIGINT');
    const summary = readSummary(out);
    expect(summary.outcome).toEqual({ state: 'aborted', reason: 'SIGINT' });
    expect(summary.counters.connects_scheduled).toBe(200);
    expect(summary.counters.connects_cancelled).toBeGreaterThan(0);
    expectBalanced(out);
  });

  it('keeps what a lost worker had measured, closes its books and exits 111', async () => {
    const folder = temporaryFolder();
    const preload = join(folder, 'crash.cjs');
    writeFileSync(
      preload,
      "const { isMainThread, threadId } = require('node:worker_threads');\nif (!isMainThread && threadId === 1) setTimeout(() => process.exit(7), 3500);\n",
    );
    const out = join(folder, 'out');
    const { code, stderr } = await cli(
      ['run', 'scenarios/quickstart.yaml', '--allow-invalid', '-w', '2', '--out', out],
      {
        NODE_OPTIONS: `--require ${preload}`,
      },
    );
    expect(stderr).toContain('was lost');
    expect(code).toBe(111);
    const { outcome, counters } = readSummary(out);
    expect(outcome.state).toBe('partial');
    expect(counters.connects_lost).toBeGreaterThan(0);
    expect(counters.connects_ok).toBeGreaterThan(50);
    expect(counters.connects_scheduled).toBe(200);
    expectBalanced(out);
  });

  it('exits 99 when a threshold fails and when it has no data', async () => {
    const failed = await cli([...QUICK, '--set', 'hold=0s', '--set', 'thresholds.connect_latency=max < 1us']);
    expect(failed.code).toBe(99);
    const noData = await cli([
      ...QUICK,
      '--set',
      'hold=0s',
      '--set',
      'thresholds={ message_latency: [max < 1h] }',
    ]);
    expect(noData.stdout).toContain('no data');
    expect(noData.code).toBe(99);
  });

  it('exits 112 when the report has nowhere to go, before any load', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'taken'), '');
    const { code, stderr } = await cli([...QUICK, '--out', join(folder, 'taken')]);
    expect(code).toBe(112);
    expect(stderr).toContain('taken');
  });

  it('exits 104 with every problem of file and list at once, and opens nothing', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'devices.csv'),
      'productKey,deviceName,deviceSecret\npk,d1,s\npk,d1,s\npk,d2\n',
    );
    const scenario = join(folder, 'bad.yaml');
    writeFileSync(scenario, 'target: embeded\nhold: 5 minutes\ndevices: { file: devices.csv }\n');
    const out = join(folder, 'out');
    const { code, stderr, stdout } = await cli(['run', scenario, '--allow-invalid', '--out', out]);
    expect(code).toBe(104);
    expect(stdout).toBe('');
    expect(stderr).toContain(`${scenario}:1:9: "embeded" is not a target (did you mean embedded?)`);
    expect(stderr).toContain(`${scenario}:2:7: "5 minutes" is not a duration`);
    expect(stderr).toContain('devices.csv:3');
    expect(stderr).toContain('devices.csv:4');
    expect(existsSync(out)).toBe(false);
  });

  it('finds problems of the list that the stand-in checks against before anything is opened', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'right.csv'), 'productKey,deviceName,deviceSecret\npk,d1\n');
    const scenario = join(folder, 'list.yaml');
    writeFileSync(
      scenario,
      'target: embedded\ndevices: { generate: { productKey: pk, count: 1 } }\nbroker: { devices: right.csv }\n',
    );
    const out = join(folder, 'out');
    const { code, stderr } = await cli(['run', scenario, '--out', out]);
    expect(code).toBe(104);
    expect(stderr).toContain('right.csv:2');
    expect(existsSync(out)).toBe(false);
  });
});
