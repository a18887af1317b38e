/** A run whose process is killed by what no process can handle: SIGKILL, as the kernel sends it too when memory runs out. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ScriptedServer, startScriptedServer } from '../../integration/scripted-server.ts';
import { expectBalanced } from '../../support/books.ts';
import { cli, type Finished, readSummary, startCli, temporaryFolder } from '../../support/cli.ts';

const DEVICES = 20;
const PER_SEC = 200;
const CANARY = 'canary-4f1d9b';

let broker: ScriptedServer;
let out: string;
let seen = 0;
let second: Finished;
let killed: Finished;
/** In the folder before the report was asked for. */
let left: string[];

/** Of every file in it, hidden ones too. */
const textsIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'utf8'));

beforeAll(async () => {
  broker = await startScriptedServer(async (peer) => {
    await peer.welcome();
    for (;;) {
      const { messageId } = await peer.next('publish');
      seen++;
      peer.send({ cmd: 'puback', messageId: messageId! });
    }
  });
  const folder = temporaryFolder();
  const devices = Array.from({ length: DEVICES }, (_, nth) => `pk,d${nth},${CANARY}-${nth}\n`);
  writeFileSync(join(folder, 'devices.csv'), `productKey,deviceName,deviceSecret\n${devices.join('')}`);
  const file = join(folder, 'killed.yaml');
  writeFileSync(
    file,
    `target: mqtt://127.0.0.1:${broker.endpoint.port}
devices: { file: devices.csv }
client: wire
connect: { stages: [{ duration: 500ms, rate: 40/s }] }
publish: [{ topic: "/\${productKey}/\${deviceName}/user/up", qos: 1, every: 100ms, payload: { size: 64B } }]
hold: 1h
thresholds: { publish_ack: "max < 1us" }
`,
  );
  out = join(folder, 'out');
  mkdirSync(out);
  for (const name of ['summary.json', 'histograms.hlog', 'report.html', 'snapshots.jsonl', 'run.log'])
    writeFileSync(join(out, name), 'of an earlier run');

  const run = startCli(['run', file, '--out', out]);
  await run.says('open ');
  second = await cli(['run', file, '--out', out, '--quiet']);
  await sleep(500 + Math.random() * 1000);
  run.child.kill('SIGKILL');
  killed = await run.finished;
  // What it had written is still on its way.
  await sleep(200);
  left = textsIn(out);
});

afterAll(() => broker.close());

it('has told nothing, and nothing in its folder is of an earlier run or of a secret', () => {
  expect([killed.code, killed.stdout]).toEqual([null, '']);
  expect(left.length).toBeGreaterThan(0);
  expect(left.filter((text) => text.includes('of an earlier run'))).toEqual([]);
  expect(left.filter((text) => text.includes(CANARY))).toEqual([]);
});

it('had its folder to itself', () => {
  expect(second.stderr).toContain('is being written by a run that goes on (process ');
  expect([second.code, second.stdout]).toEqual([112, '']);
});

it('comes to a partial report of all that was measured up to its last second', async () => {
  const { code, stdout, stderr } = await cli(['report', out]);
  expect(stderr).toBe('');
  expect(code).toBe(111);
  expect(stdout).toMatch(
    /partial after \d+\.\d s: the process was killed; this is what it had measured until 2/,
  );
  const { counters, trends, thresholds, windows, outcome } = readSummary(out);
  expect(outcome.state).toBe('partial');
  expect(counters).toMatchObject({ connects_scheduled: DEVICES, connects_ok: DEVICES, connects_lost: 0 });
  expect(counters.messages_sent).toBeLessThanOrEqual(seen);
  // A busy machine tells of a second a little later.
  expect(counters.messages_sent).toBeGreaterThan(seen - 1.5 * PER_SEC);
  expect(counters.messages_sent).toBeGreaterThan(PER_SEC / 2);
  expect(trends.publish_ack?.count).toBe(counters.messages_acked);
  expect(trends.publish_ack?.p99).toBeGreaterThan(0);
  expect(trends.messages_sent_per_sec?.count).toBe(windows.length);
  expect(thresholds).toMatchObject([{ verdict: 'fail' }]);
  expectBalanced(out);
  expect(readdirSync(out)).toEqual(
    expect.arrayContaining(['histograms.hlog', 'junit.xml', 'report.html', 'scenario.yaml', 'summary.md']),
  );
  expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain('the process was killed');
  expect(textsIn(out).filter((text) => text.includes(CANARY))).toEqual([]);
});
