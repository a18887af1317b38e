/**
 * Every exit code of the contract, each provoked through the built command. A row: the code, what provokes it, the run. `--allow-invalid`
 * stands wherever the generator's verdict is not what is asked: the machine may be busy with other things.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exitCodeOf } from '../../src/app/exit-code.ts';
import type { Summary } from '../../src/metrics/summary.ts';
import { expectBalanced } from '../support/books.ts';
import { type Finished, harmed, readSummary, startCli, temporaryFolder, ulimit } from '../support/cli.ts';

/** Two seconds of load. */
const SCENARIO = `target: embedded
devices: { generate: { productKey: pk, count: 40 } }
connect: { stages: [{ duration: 1s, rate: 40/s }] }
publish: [{ topic: "/\${productKey}/\${deviceName}/user/up", qos: 1, every: 500ms, payload: { size: 64B } }]
hold: 1s
gracefulStop: 1s
`;
const PASSES = 'connects_ok: share == 1';
const FAILS = 'connect_latency: max < 1us';
const NO_DATA = 'connect_tls: max < 1h';
const ABORTS = 'connects_ok: { threshold: count < 10, abortOnFail: true }';

/** Where a summary was written: the code again, from the file. */
type Look = (finished: Finished, out: string, summary: Summary) => void;

interface Row {
  code: number;
  when: string;
  flags?: string[];
  thresholds?: string;
  scenario?: string;
  /** What is done to it: test/support/harm.cjs. */
  harm?: string;
  signal?: NodeJS.Signals;
  /** The largest file it may write, in KB; 0 is a full disk. */
  fileKB?: number;
  out?: (folder: string) => string;
  /** None is written where nothing was opened, or where the report could not be. */
  report: boolean;
  look?: Look;
}

const SLOPPY = ['--allow-invalid'];
/** Four seconds for all to connect. */
const SLOWLY = ['--set', 'connect.stages.0={ duration: 10s, rate: 10/s }'];

const ROWS: Row[] = [
  // 0: done, thresholds passed
  { code: 0, when: 'all thresholds pass', flags: SLOPPY, thresholds: PASSES, report: true },
  {
    code: 0,
    when: 'an overloaded generator is allowed',
    flags: SLOPPY,
    harm: 'worker-stalls',
    report: true,
    look: (_, __, { health }) => expect(health.verdict).toBe('invalid'),
  },

  // 1: a fault of the harness
  {
    code: 1,
    when: 'its own books do not balance',
    flags: SLOPPY,
    harm: 'worker-lies',
    report: true,
    look: ({ stdout }) => expect(stdout).toContain('do not balance: connects: 40 scheduled, but 41'),
  },

  // 99: a threshold failed, or had no data
  { code: 99, when: 'a threshold fails', flags: SLOPPY, thresholds: FAILS, report: true },
  {
    code: 99,
    when: 'a threshold has no data',
    flags: SLOPPY,
    thresholds: NO_DATA,
    report: true,
    look: ({ stdout }) => expect(stdout).toContain('no data'),
  },
  {
    code: 99,
    when: 'nothing connected, though there are no thresholds',
    // Where nobody listens; in the range that the system gives no port of.
    scenario: SCENARIO.replace('embedded', 'mqtt://127.0.0.1:9').replace('hold: 1s', 'hold: 0s'),
    flags: [...SLOPPY, '--set', 'connect.stages.0={ duration: 500ms, rate: 40/s }'],
    report: true,
    look: ({ stdout }, out, { outcome }) => {
      const said = 'nothing connected: 0 of 20, 20 × tcp: refused ECONNREFUSED';
      expect(stdout).toContain(said);
      expect(outcome).toEqual({ state: 'completed', reason: null });
      expect(readFileSync(join(out, 'summary.md'), 'utf8')).toMatch(
        new RegExp(`^## ❌ run failed\n- ❌ ${said}`),
      );
      expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain(
        `type="nothing-connected" message="${said}"`,
      );
    },
  },
  {
    code: 99,
    when: 'a threshold with abortOnFail ends the run',
    flags: [...SLOPPY, '--set', 'hold=1h'],
    thresholds: ABORTS,
    report: true,
    look: ({ stderr }, out, { outcome, thresholds }) => {
      const reason = 'threshold connects_ok count < 10 failed';
      expect(stderr).toContain(`stopping: ${reason}`);
      expect(outcome).toEqual({ state: 'aborted', reason });
      expect(thresholds).toMatchObject([{ verdict: 'fail', abortedRun: true }]);
      expectBalanced(out);
    },
  },

  // 104: bad scenario, device list or flag: all problems listed, nothing was opened
  {
    code: 104,
    when: 'scenario and list have problems',
    scenario: 'target: embeded\nhold: 5 minutes\ndevices: { file: devices.csv }\n',
    report: false,
    look: ({ stderr }) => {
      for (const said of [
        'run.yaml:1:9: "embeded" is not a target (did you mean embedded?)',
        'run.yaml:2:7: "5 minutes" is not a duration',
        'devices.csv:3',
        'devices.csv:4',
      ])
        expect(stderr).toContain(said);
    },
  },
  {
    code: 104,
    when: 'the list that the stand-in checks against has problems',
    scenario: `${SCENARIO}broker: { devices: devices.csv }\n`,
    report: false,
    look: ({ stderr }) => expect(stderr).toContain('devices.csv:4'),
  },
  {
    code: 104,
    when: 'a flag is unknown',
    flags: ['--wrokers', '2'],
    report: false,
    look: ({ stderr }) => expect(stderr).toContain('unknown flag --wrokers; did you mean --workers?'),
  },

  // 105: stopped by a signal; the report of what was done is written
  ...(['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(
    (signal): Row => ({
      code: 105,
      when: `${signal} stops it`,
      flags: [...SLOPPY, ...SLOWLY],
      signal,
      report: true,
      look: ({ stderr }, out, { outcome, counters }) => {
        expect(stderr).toContain(`stopping: ${signal}`);
        expect(outcome).toEqual({ state: 'aborted', reason: signal });
        expect(counters.connects_scheduled).toBe(40);
        expect(counters.connects_cancelled).toBeGreaterThan(0);
        expectBalanced(out);
      },
    }),
  ),

  // 111: a worker or the stand-in was lost; the partial report is written
  ...(
    [
      ['dies', /^the stand-in was lost: SIGKILL$/],
      [
        'freezes',
        /^the stand-in was lost: it is stopped \(SIGSTOP\) and gave no sign of life for [12]\.\d s$/,
      ],
    ] as const
  ).map(
    ([does, reason]): Row => ({
      code: 111,
      when: `the stand-in ${does}`,
      flags: [...SLOPPY, ...SLOWLY, '--set', 'hold=1h'],
      harm: `stand-in-${does}`,
      report: true,
      look: ({ stderr }, out, { outcome, counters, standIn }) => {
        expect(stderr).toContain('stopping: the stand-in was lost');
        expect(outcome).toEqual({ state: 'partial', reason: expect.stringMatching(reason) });
        expect(counters.connects_ok, 'what was measured is kept').toBeGreaterThan(10);
        expect(standIn, 'nobody can tell what it saw').toBeNull();
        expectBalanced(out);
      },
    }),
  ),
  {
    code: 111,
    when: 'a worker is lost',
    flags: [...SLOPPY, '--workers', '2', ...SLOWLY],
    harm: 'worker-dies',
    report: true,
    look: ({ stderr }, out, { outcome, counters }) => {
      expect(stderr).toContain('worker 0 was lost: worker exited with code: 7');
      expect(outcome).toEqual({ state: 'partial', reason: 'worker 0 was lost: worker exited with code: 7' });
      expect(counters.connects_ok, 'what it had measured is kept').toBeGreaterThan(10);
      expect(counters.connects_lost).toBeGreaterThan(0);
      expect(counters.connects_scheduled).toBe(40);
      expectBalanced(out);
    },
  },
  {
    code: 111,
    when: 'a worker is lost before the start line',
    flags: SLOPPY,
    harm: 'worker-never-ready',
    report: false,
    look: ({ stderr }) => expect(stderr).toContain('before the start line'),
  },

  // 112: the report could not be written
  {
    code: 112,
    when: 'the folder of the report is a file',
    out: (folder) => join(folder, 'devices.csv'),
    report: false,
    look: ({ stderr, stdout }) => {
      expect(stderr).toContain('devices.csv');
      expect(stdout, 'before any load').toBe('');
    },
  },
  {
    code: 112,
    when: 'the disk is full from the beginning',
    fileKB: 0,
    report: false,
    look: ({ stderr, stdout }, out) => {
      expect(stderr).toMatch(/could not write .*\.run\.lock: EFBIG/);
      expect(stdout, 'before any load').toBe('');
      expect(readdirSync(out)).toEqual([]);
    },
  },
  {
    code: 112,
    when: 'there is no room for the report',
    flags: SLOPPY,
    fileKB: 2,
    report: false,
    look: ({ stderr, stdout }, out) => {
      expect(stderr).toMatch(/could not write .*summary\.json: EFBIG/);
      expect(stdout, 'what is known is shown all the same').toContain('40 ok');
      expect(readdirSync(out).sort(), 'no part of a file').toEqual(['run.log', 'snapshots.jsonl']);
    },
  },

  // 113: preflight: this machine cannot carry the scenario
  {
    code: 113,
    when: 'a local address is not this machine’s',
    flags: SLOPPY,
    // Of the block that is kept for documentation (RFC 5737).
    scenario: `${SCENARIO}localAddresses: [127.0.0.2, 192.0.2.1]\n`,
    report: false,
    look: ({ stderr }) => expect(stderr).toMatch(/local addresses: 2 needed, 1 there \(192\.0\.2\.1 is not/),
  },

  // 114: the generator was overloaded
  {
    code: 114,
    when: 'the generator is overloaded',
    thresholds: PASSES,
    harm: 'worker-stalls',
    report: true,
    look: ({ stdout }) => expect(stdout).toContain('Generator   invalid'),
  },

  // Where several hold, the first in the order 1, 112, 111, 105, 114, 99
  {
    code: 1,
    when: 'the books do not balance and the report has no room',
    flags: SLOPPY,
    harm: 'worker-lies',
    fileKB: 2,
    report: false,
  },
  {
    code: 112,
    when: 'the report has no room and a worker is lost',
    flags: [...SLOPPY, '--workers', '2', ...SLOWLY],
    harm: 'worker-dies',
    fileKB: 2,
    report: false,
    look: ({ stdout }) => expect(stdout).toContain('partial'),
  },
  {
    code: 111,
    when: 'a worker is lost and a signal came',
    flags: [...SLOPPY, '--workers', '2'],
    harm: 'worker-dies-stopping',
    signal: 'SIGINT',
    report: true,
    look: ({ stderr }) => expect(stderr).toContain('stopping: SIGINT'),
  },
  {
    code: 105,
    when: 'a signal came, the generator is overloaded and a threshold fails',
    flags: ['--set', 'hold=1h'],
    thresholds: FAILS,
    harm: 'worker-stalls',
    signal: 'SIGTERM',
    report: true,
    look: (_, __, { health, thresholds }) =>
      expect([health.verdict, thresholds[0]!.verdict]).toEqual(['invalid', 'fail']),
  },
  {
    code: 114,
    when: 'the generator is overloaded and a threshold fails',
    thresholds: FAILS,
    harm: 'worker-stalls',
    report: true,
    look: (_, __, { thresholds }) => expect(thresholds[0]!.verdict).toBe('fail'),
  },
];

it.concurrent.each(ROWS.map((row) => [`${row.code} when ${row.when}`, row] as const))(
  '%s',
  async (_, row) => {
    const { code, report, look } = row;
    const folder = temporaryFolder();
    const out = row.out?.(folder) ?? join(folder, 'out');
    const finished = await finish(row, folder, out);
    expect(finished.code, finished.stderr).toBe(code);
    expect(existsSync(join(out, 'summary.json'))).toBe(report);
    const summary = report ? readSummary(out) : ({} as Summary);
    if (report) expect(exitCodeOf(summary, row.flags?.includes('--allow-invalid'))).toBe(code);
    if (code === 104 || code === 113) expect([finished.stdout, existsSync(out)]).toEqual(['', false]);
    look?.(finished, out, summary);
  },
);

async function finish(row: Row, folder: string, out: string): Promise<Finished> {
  writeFileSync(join(folder, 'devices.csv'), 'productKey,deviceName,deviceSecret\npk,d1,s\npk,d1,s\npk,d2\n');
  const file = join(folder, 'run.yaml');
  writeFileSync(file, `${row.scenario ?? SCENARIO}thresholds: { ${row.thresholds ?? ''} }\n`);
  const env = row.harm === undefined ? {} : harmed(row.harm);
  const under = row.fileKB === undefined ? [] : ulimit('f', row.fileKB);
  const run = startCli(['run', file, '--out', out, ...(row.flags ?? [])], env, under);
  if (row.signal !== undefined) {
    // The first line of progress: a second has been measured.
    await run.says('open ');
    run.child.kill(row.signal);
  }
  return run.finished;
}
