import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { COUNTERS, type Counter, TIME_TRENDS } from '../../../src/model/metrics/metric-names.ts';
import { cli, type Running, readSummary, startCli, temporaryFolder } from '../../support/cli.ts';
import { type Family, parseExposition } from '../../support/exposition.ts';

const QUICK = ['run', 'scenarios/quickstart.yaml', '--allow-invalid', '--set', 'gracefulStop=2s'];
/** Longer than any of these tests: what ends the waiting is never the time. */
const LONG = ['--prometheus-linger', '10m'];

/** As the command prints it: the port is a free one. */
function urlOf({ child }: Running): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += chunk;
      const url = /metrics at (\S+)\n/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

async function scrape(url: string): Promise<Map<string, Family>> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parseExposition(await response.text());
}

/** Undefined when there is nobody to answer. */
function tried(url: string): Promise<Map<string, Family> | undefined> {
  return scrape(url).catch((error: Error) => {
    if (error instanceof TypeError && error.message === 'fetch failed') return undefined;
    throw error;
  });
}

/** Of counters and histograms, by series: what can only grow. */
function growing(families: Map<string, Family>): Map<string, number> {
  const samples = [...families.values()].flatMap((family) => (family.type === 'gauge' ? [] : family.samples));
  return new Map(samples.map(({ name, labels, value }) => [`${name} ${JSON.stringify(labels)}`, value]));
}

function sampleOf(families: Map<string, Family>, name: string, suffix = ''): number | undefined {
  const { samples = [] } = families.get(`mqtt_fleet_${name}`) ?? {};
  return samples.find((sample) => sample.name === `mqtt_fleet_${name}${suffix}`)?.value;
}

const totalOf = (counter: Counter): string => `${counter.replace(/^bytes_(.*)/, '$1_bytes')}_total`;

/** Sixty devices, three of them with a secret that the stand-in does not know. */
async function scenarioWithStrangers(folder: string): Promise<string> {
  await cli(['devices', '--product-key', 'a1Wrong', '--count', '60', '--out', join(folder, 'right.csv')]);
  const rows = readFileSync(join(folder, 'right.csv'), 'utf8').split('\n');
  for (const row of [1, 30, 60]) rows[row] = rows[row]!.replace(/[^,]*$/, 'not-the-secret');
  writeFileSync(join(folder, 'wrong.csv'), rows.join('\n'));
  const scenario = join(folder, 'strangers.yaml');
  writeFileSync(
    scenario,
    `name: '60 "strangers"'
target: embedded
broker: { devices: right.csv }
devices: { file: wrong.csv }
connect: { stages: [{ duration: 3s, rate: 20/s }] }
subscribe: [{ topic: "/\${productKey}/\${deviceName}/user/update" }]
publish:
  - { topic: "/\${productKey}/\${deviceName}/user/update", qos: 1, every: 500ms, payload: { size: 64B } }
hold: 2s
`,
  );
  return scenario;
}

describe.concurrent('run --prometheus', () => {
  it('serves what is counted so far, only ever more of it, and in the end what the summary says', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'out');
    const scenario = await scenarioWithStrangers(folder);
    const address = ['--prometheus', '127.0.0.1:0', ...LONG];
    const run = startCli(['run', scenario, '--allow-invalid', '--out', out, ...address]);
    const url = await urlOf(run);

    const scrapes = [await scrape(url)];
    expect(sampleOf(scrapes[0]!, 'connects_scheduled_total')).toBe(0);
    // Until nobody answers any more: that is after the final totals have been read.
    for (let next = await tried(url); next; next = await tried(url)) {
      scrapes.push(next);
      await sleep(200);
    }
    const last = scrapes.at(-1)!;
    expect((await run.finished).code).toBe(0);

    const connects = scrapes.map((families) => sampleOf(families, 'connects_ok_total')!);
    const midRun = connects.filter((count) => count > 0 && count < 57);
    expect(midRun.length, `connects_ok of each scrape: ${connects}`).toBeGreaterThan(0);
    for (const [index, families] of scrapes.entries()) {
      const before = growing(scrapes[index - 1] ?? new Map());
      const now = growing(families);
      const shrunk = [...before].filter(([series, value]) => !((now.get(series) ?? 0) >= value));
      expect(shrunk).toEqual([]);
      expect(sampleOf(families, 'connections_planned')).toBe(60);
    }

    const { counters, trends, failures, connectionsOpen } = readSummary(out);
    expect(counters).toMatchObject({ connects_ok: 57, connects_failed: 3 });
    expect(Object.fromEntries(COUNTERS.map((name) => [name, sampleOf(last, totalOf(name))]))).toEqual(
      counters,
    );
    for (const name of TIME_TRENDS) {
      expect(sampleOf(last, `${name}_seconds`, '_count'), name).toBe(trends[name]?.count ?? 0);
      const meanMs = (sampleOf(last, `${name}_seconds`, '_sum')! * 1e3) / (trends[name]?.count ?? 1);
      expect(meanMs, name).toBeCloseTo(trends[name]?.mean ?? 0, 2);
    }
    expect(trends.publish_ack?.count).toBeGreaterThan(100);
    expect(failures).toHaveLength(1);
    expect(last.get('mqtt_fleet_failures_total')?.samples).toEqual([
      {
        name: 'mqtt_fleet_failures_total',
        labels: { reason: 'connack: rejected CONNACK 4', scenario: '60 "strangers"' },
        value: 3,
      },
    ]);
    expect(connectionsOpen?.max).toBe(57);
    expect(Math.max(...scrapes.map((families) => sampleOf(families, 'connections_open')!))).toBe(57);
    expect(sampleOf(last, 'connections_open')).toBe(0);
  });

  it('answers nothing but reads of /metrics', async () => {
    const out = temporaryFolder();
    const run = startCli([...QUICK, '--out', out, '--prometheus', '127.0.0.1:0']);
    const url = await urlOf(run);
    const statusOf = async (target: string, method = 'GET') => (await fetch(target, { method })).status;
    expect(await statusOf(new URL('/', url).href)).toBe(404);
    expect(await statusOf(`${url}/more`)).toBe(404);
    expect(await statusOf(url, 'POST')).toBe(405);
    expect(await statusOf(url, 'HEAD')).toBe(200);
    expect(await statusOf(`${url}?a=b`)).toBe(200);
    run.child.kill('SIGINT');
    expect((await run.finished).code).toBe(105);
  });

  it('waits for the last scrape no longer than it is told, and a signal ends the waiting', async () => {
    const impatient = temporaryFolder();
    const settings = ['devices.generate.count=50', 'connect.stages.0.duration=1s', 'hold=0s'];
    const thresholds = ['--set', 'thresholds={ connects_ok: [share == 1] }'];
    const sets = settings.flatMap((setting) => ['--set', setting]);
    const quick = [...QUICK, ...sets, ...thresholds, '--prometheus', '127.0.0.1:0'];
    const unread = await cli([...quick, '--prometheus-linger', '1ms', '--quiet', '--out', impatient]);
    expect(unread.code).toBe(0);
    expect(unread.stderr, 'with --quiet not even the address').toBe('');

    const stopped = temporaryFolder();
    const run = startCli([...quick, ...LONG, '--out', stopped]);
    const printed = new Promise((resolve) => run.child.stdout?.once('data', resolve));
    const url = await urlOf(run);
    await printed;
    // A look at the head is no scrape.
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    run.child.kill('SIGINT');
    const { code, stderr } = await run.finished;
    expect(code, 'of a run that had ended by itself').toBe(0);
    expect(stderr).not.toContain('stopp');
  });
});
