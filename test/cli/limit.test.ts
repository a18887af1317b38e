/** mqtt-fleet limit against limits that are known: those of the stand-in, of mosquitto, of this process and of its network. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LimitReport } from '../../src/limit/limit-report.ts';
import type { Counts } from '../../src/stand-in/endpoint/counts.ts';
import {
  MOSQUITTO,
  mosquittoMustBeInstalledInCi,
  NOT_INSTALLED,
  startMosquitto,
} from '../integration/mosquitto.ts';
import { freePort } from '../integration/scripted-server.ts';
import { cli, type Finished, ROOT, startCli, temporaryFolder } from '../support/cli.ts';

const SEARCH = ['limit', 'scenarios/connection-limit.yaml'];
/** A hold this short is enough for a target that says no at once. */
const SHORT = ['--hold', '300ms'];
/** A search of rates takes its time where others disturb it: each trial that disagrees with another is repeated. */
const PATIENT = { timeout: 240_000 };

function readLimit(folder: string): LimitReport {
  return JSON.parse(readFileSync(join(folder, 'limit.json'), 'utf8')) as LimitReport;
}

async function search(...flags: string[]): Promise<LimitReport> {
  const out = temporaryFolder();
  const { code, stderr } = await cli([...SEARCH, '--quiet', '--out', out, ...flags]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return readLimit(out);
}

/** In a shell that does something before. */
function cliAfter(before: string, args: string[]): Promise<Finished> {
  const script = `${before}\nexec node dist/src/cli/main.js "$@"`;
  const env = { ...process.env, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile('bash', ['-c', script, 'bash', ...args], { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** The stand-in on its own; `close` gives what it counted. */
async function startBroker(...flags: string[]): Promise<{ port: number; close(): Promise<Counts> }> {
  const port = await freePort();
  const broker = startCli([
    'broker',
    '--generate',
    'a1Limit:5000',
    '--port',
    String(port),
    '--json',
    ...flags,
  ]);
  await broker.says('listens on');
  const close = async (): Promise<Counts> => {
    broker.child.kill('SIGINT');
    return JSON.parse((await broker.finished).stdout) as Counts;
  };
  return { port, close };
}

describe.concurrent('a stand-in with a quota of connections and one of connects per second', () => {
  const quotas = ['--set', 'broker.quotas={ connections: 437, connectRate: 300/s }'];

  it('has the number of connections found to the last one, and named', async () => {
    const report = await search(...SHORT, ...quotas);
    expect(report).toMatchObject({ of: 'connections', lower: 437, upper: 438 });
    expect(report.limiter).toMatchObject({
      side: 'broker',
      kind: 'quota by count',
      value: 437,
      said: 'CONNACK 3',
    });
    expect(report.notes).toEqual([]);
  });

  it('has it found even where the ramp runs into the quota by rate, which is noted', PATIENT, async () => {
    const faster = [
      '--set',
      'connect.stages=[{ duration: 9s, rate: 600/s }]',
      '--set',
      'broker.quotas.connectRate=60/s',
    ];
    const report = await search(...SHORT, ...quotas, ...faster, '--max', '600');
    expect(report).toMatchObject({ lower: 437, upper: 438, limiter: { kind: 'quota by count', value: 437 } });
    expect(report.notes).toEqual([expect.stringContaining('quota by rate')]);
  });

  it('has the connects per second found and named, without running into the other', PATIENT, async () => {
    const report = await search('--of', 'connect-rate', '--hold', '2s', '--resolution', '2%', ...quotas);
    expect(report.lower).toBeGreaterThanOrEqual(290);
    expect(report.lower).toBeLessThanOrEqual(300);
    expect(report.upper).toBeGreaterThan(report.lower);
    expect(report.limiter).toMatchObject({ side: 'broker', kind: 'quota by rate', value: report.lower });
    expect(Math.max(...report.trials.map(({ peak }) => peak))).toBeLessThan(437);
  });
});

it.concurrent(
  'is kind: no device connects more than five times a minute, and what is open stays open',
  PATIENT,
  async () => {
    const { port, close } = await startBroker('--max-connections', '23');
    const out = temporaryFolder();
    // Few devices, so that the search must wait for them to rest.
    const few = ['--set', 'devices.generate.count=40', '--set', `target=mqtt://127.0.0.1:${port}`];
    const { code, stdout, stderr } = await cli([...SEARCH, ...SHORT, ...few, '--max', '40', '--out', out]);
    const counts = await close();
    expect(code).toBe(0);
    expect(stderr).toMatch(/^limit +connections of mqtt:\/\/127/);
    expect(stderr).toContain('a device connects again after 12.1s at the earliest');
    expect(stderr).toMatch(/^ +1 +40 connections +failed/m);
    expect(stdout).toMatch(/^Held +23 connections$/m);
    expect(stdout).toMatch(/^Limiter +broker, quota by count \(CONNACK 3\)$/m);
    expect(readdirSync(out).sort()).toEqual(
      expect.arrayContaining(['limit.json', 'run.log', 'scenario.yaml']),
    );
    const { trials } = readLimit(out);
    expect(trials.length).toBeGreaterThanOrEqual(5);
    expect(counts.connects_per_minute_max).toBeLessThanOrEqual(5);
    expect(counts.connects_ok, 'each connection that holds was opened once').toBe(23);
  },
);

it.concurrent(
  'of the message rate: what the endpoint drops silently is found and named',
  PATIENT,
  async () => {
    const quotas = [
      '--set',
      'broker.quotas={ messageRate: { qos1: 10/s } }',
      '--set',
      'devices.generate.count=50',
    ];
    const short = [
      '--hold',
      '2s',
      '--set',
      'gracefulStop=1s',
      '--resolution',
      '5%',
      '--set',
      'thresholds={}',
    ];
    const out = temporaryFolder();
    const flags = ['--of', 'message-rate', '--quiet', '--out', out];
    const { code } = await cli(['limit', 'scenarios/quickstart.yaml', ...flags, ...quotas, ...short]);
    expect(code).toBe(0);
    const { lower, upper, limiter } = readLimit(out);
    // Ten per second of each of 50 devices; a device's second need not be ours.
    expect(lower).toBeGreaterThan(400);
    expect(lower).toBeLessThanOrEqual(500);
    expect(upper).toBeGreaterThan(lower);
    expect(limiter).toMatchObject({ side: 'broker', kind: 'quota by rate', said: 'dropped silently' });
  },
);

describe.concurrent('the generator’s own limit is never taken for the target’s', () => {
  it('file descriptors', async () => {
    const { port, close } = await startBroker();
    const out = temporaryFolder();
    const flags = [...SEARCH, ...SHORT, '--quiet', '--out', out, '--set', `target=mqtt://127.0.0.1:${port}`];
    const refused = await cliAfter('ulimit -n 256', flags);
    expect(refused.code).toBe(113);
    expect(refused.stderr).toMatch(/^descriptors: .* needed, .*ulimit -n/m);
    const { code } = await cliAfter('ulimit -n 256', [...flags, '--force']);
    const counts = await close();
    expect(code).toBe(0);
    const { lower, upper, limiter, trials } = readLimit(out);
    expect(upper).toBeNull();
    expect(limiter).toMatchObject({ side: 'generator', kind: 'EMFILE', value: lower });
    expect(limiter.hint).toContain('(ulimit -n is 256)');
    expect(lower).toBeGreaterThan(200);
    expect(lower).toBeLessThan(256);
    expect(counts.connects_ok).toBe(lower);
    expect(trials.some(({ verdict }) => verdict === 'failed')).toBe(false);
  });

  it.skipIf(!mayHaveNamespaces())(
    'source ports; skipped where network namespaces need rights we lack',
    async () => {
      const out = temporaryFolder();
      const inside = [
        'set -e',
        'ip link set lo up',
        'echo 40000 40030 > /proc/sys/net/ipv4/ip_local_port_range',
        'node dist/src/cli/main.js broker --generate a1Limit:5000 --port 1883 2> "$STANDIN" & broker=$!',
        'trap "kill $broker" EXIT',
        'until grep -q "listens on" "$STANDIN"; do sleep 0.05; done',
        'node dist/src/cli/main.js "$@"',
      ].join('\n');
      const flags = [...SEARCH, ...SHORT, '--quiet', '--out', out, '--set', 'target=mqtt://127.0.0.1:1883'];
      const env = { ...process.env, STANDIN: join(temporaryFolder(), 'stderr') };
      const within = (...more: string[]): void => {
        const script = [inside, 'bash', ...flags, ...more];
        execFileSync('unshare', ['-n', 'bash', '-c', ...script], { cwd: ROOT, env, stdio: 'ignore' });
      };
      expect(within).toThrow(expect.objectContaining({ status: 113 }));
      within('--force');
      const { lower, upper, limiter } = readLimit(out);
      // All 31, or all but the one on which the worker rehearsed: it lingers in TIME_WAIT for a minute.
      expect([30, 31]).toContain(lower);
      expect(upper).toBeNull();
      expect(limiter).toMatchObject({ side: 'generator', kind: 'EADDRNOTAVAIL', value: lower });
      expect(limiter.hint).toContain('(ports per address: 31)');
      expect(limiter.hint).toContain('localAddresses');
    },
  );
});

/** Only root may make a network namespace. */
function mayHaveNamespaces(): boolean {
  try {
    execFileSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.concurrent('mosquitto', () => {
  mosquittoMustBeInstalledInCi();

  it.skipIf(MOSQUITTO === undefined)(
    `with max_connections is found out; ${NOT_INSTALLED} otherwise`,
    async () => {
      // A listener of its own: the probe of the others, which ends before its CONNECT, makes mosquitto count one too few.
      const port = await freePort();
      const settings = [`listener ${port} 127.0.0.1`, 'max_connections 1000'];
      const mosquitto = await startMosquitto({ settings });
      try {
        const report = await search(...SHORT, '--set', `target=mqtt://127.0.0.1:${port}`);
        expect(report).toMatchObject({ lower: 1000, upper: 1001 });
        expect(report.limiter).toMatchObject({
          side: 'broker',
          kind: 'quota by count',
          said: 'closed at accept',
        });
      } finally {
        await mosquitto.close();
      }
    },
  );
});

it.concurrent('ends with the bounds so far on SIGINT, exit 105', async () => {
  const out = temporaryFolder();
  const run = startCli([...SEARCH, ...SHORT, '--out', out]);
  await run.says('200 connections');
  run.child.kill('SIGINT');
  const { code, stdout, stderr } = await run.finished;
  expect(code).toBe(105);
  expect(stderr).toContain('stopping: SIGINT');
  const report = readLimit(out);
  expect(report.outcome).toEqual({ state: 'aborted', reason: 'SIGINT', by: 'signal' });
  expect(report.lower).toBeGreaterThanOrEqual(200);
  expect(report.upper).toBeNull();
  expect(stdout).toContain('the search was stopped before anything failed');
});

it.concurrent('prints the report as JSON alone, and nothing of a secret', async () => {
  const out = temporaryFolder();
  // Of something earlier: the search has no such files.
  mkdirSync(join(out, 'percentiles'));
  for (const name of ['limit.json', 'percentiles/earlier.hgrm']) writeFileSync(join(out, name), '');
  const flags = ['--json', '--quiet', '--max', '5', '--set', 'devices.generate.count=5'];
  const { code, stdout, stderr } = await cli([...SEARCH, ...SHORT, ...flags, '--out', out]);
  expect(code).toBe(0);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as LimitReport;
  expect(report).toEqual(readLimit(out));
  expect(report).toMatchObject({ lower: 5, upper: null, limiter: { side: 'none' } });
  expect(readdirSync(join(out, 'percentiles'))).toEqual([]);
});

it.concurrent('ends with exit 99 where not one device gets in', async () => {
  const { port, close } = await startBroker();
  const other = ['--set', 'devices.generate.productKey=a1Other', '--set', `target=mqtt://127.0.0.1:${port}`];
  const { code, stdout } = await cli([...SEARCH, ...SHORT, '--quiet', ...other, '--out', temporaryFolder()]);
  await close();
  expect(code).toBe(99);
  expect(stdout).toContain('no limit of load');
});
