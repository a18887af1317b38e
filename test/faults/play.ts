/** Plays one row: sets the fault up, runs the built command, and hands what came of it to the checks. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cli, type Finished, type Running, startCli, temporaryFolder } from '../support/cli.ts';
import { canaryList, expectNoSecret, expectNoSecretIn, TIMESTAMP } from './canary.ts';
import { holdEnd, holdReport } from './hold.ts';
import { type Client, DEVICES, type Provoked, type Row, type Stage } from './row.ts';

/**
 * Times to wait are long, for a machine that other rows keep busy: what nothing waits for they do not lengthen. Every failed connect and every lost connection is a threshold that fails: the exit code tells whether the
 * fault was noticed.
 */
const SCENARIO = `name: fault
devices: { file: devices.csv, count: ${DEVICES} }
auth: { timestamp: ${TIMESTAMP} }
connect: { stages: [{ duration: 200ms, rate: 30/s }], timeout: 10s }
publish: [{ topic: "/\${productKey}/\${deviceName}/user/up", qos: 1, every: 100ms, payload: { size: 64B } }]
hold: 800ms
gracefulStop: 3s
thresholds: { connects_failed: "count == 0", disconnects: "count == 0" }
`;
const MOST_DEVICES = 300;

export async function play(row: Row, client: Client): Promise<void> {
  const folder = temporaryFolder();
  const undone: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stage = {
    client,
    folder,
    out: join(folder, 'out'),
    atEnd: (undo: () => unknown) => undone.push(undo),
  };
  try {
    await playOn(stage, row);
  } finally {
    for (const undo of undone.reverse()) await undo();
  }
}

async function playOn(stage: Stage, row: Row): Promise<void> {
  const provoked = await row.fault(stage);
  const out = provoked.out ?? stage.out;
  const run = start(stage, row, provoked, out);
  const commandLines = watchCommandLines(run);
  const finished = await within(row.endsInSec, run, provoked);
  await provoked.proof(finished, run.child.pid!);
  const reported = row.reportedAfterwards ? await cli(['report', out]) : finished;
  holdEnd(row, reported, out);
  if (row.outcome !== 'unwritten') {
    const summary = holdReport(row, reported, out);
    row.look?.(summary, reported);
  }
  expectNoSecret('the streams of report', reported.stdout + reported.stderr);
  expectNoSecret('stdout', finished.stdout);
  expectNoSecret('stderr', finished.stderr);
  expectNoSecret('a command line', [...commandLines].join('\n'));
  if (existsSync(out)) expectNoSecretIn(out);
}

function start(stage: Stage, row: Row, provoked: Provoked, out: string): Running {
  writeFileSync(join(stage.folder, 'devices.csv'), canaryList(MOST_DEVICES));
  const scenario = join(stage.folder, 'run.yaml');
  writeFileSync(scenario, SCENARIO);
  const settings = [
    `target=${provoked.target ?? 'embedded'}`,
    `client=${stage.client}`,
    ...(row.set ?? []),
    ...(provoked.set ?? []),
  ].flatMap((setting) => ['--set', setting]);
  // The machine may be busy with other rows: how punctual the generator was is asked by rows of its own.
  const args = ['run', scenario, '--out', out, '--allow-invalid', ...settings, ...(provoked.flags ?? [])];
  return startCli(args, provoked.env, provoked.under);
}

/** The fault's course and the run's end, both within the row's time; else the run is killed and what it said is told. */
async function within(endsInSec: number, run: Running, { during }: Provoked): Promise<Finished> {
  const startedMs = performance.now();
  const course = Promise.all([run.finished, during?.(run)]);
  const tooLate = sleep(endsInSec * 1e3, undefined, { ref: false }).then(() => {
    throw new Error(`it did not end within ${endsInSec} s`);
  });
  try {
    const [finished] = await Promise.race([course, tooLate]);
    return finished;
  } catch (fault) {
    run.child.kill('SIGKILL');
    const { stdout, stderr } = await run.finished;
    const afterSec = ((performance.now() - startedMs) / 1e3).toFixed(1);
    throw new Error(`${(fault as Error).message}\nafter ${afterSec} s it had said:\n${stdout}${stderr}`);
  }
}

/** Of the process and what it started, as anyone on the machine can read them. */
function watchCommandLines({ child, finished }: Running): Set<string> {
  const seen = new Set<string>();
  const look = (): void => {
    for (const pid of [child.pid!, ...childrenOf(child.pid!)]) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
      } catch {
        // Gone, or no Linux.
      }
    }
  };
  const timer = setInterval(look, 200);
  look();
  void finished.then(() => clearInterval(timer));
  return seen;
}

export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}
