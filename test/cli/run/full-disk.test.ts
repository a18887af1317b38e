/** A disk that is full or read-only, at the start, in the middle of a run and while its report is written. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openRunLog } from '../../../src/app/record/run-log.ts';
import { expectBalanced } from '../../support/books.ts';
import { cli, readSummary, startCli, temporaryFolder } from '../../support/cli.ts';
import {
  mountSmallDisk,
  NO_SMALL_DISKS,
  SMALL_DISKS,
  type SmallDisk,
  smallDisksMustWorkInCi,
} from '../../support/small-disk.ts';

const SCENARIO = `target: embedded
devices: { generate: { productKey: pk, count: 40 } }
connect: { stages: [{ duration: 500ms, rate: 80/s }] }
publish: [{ topic: "/\${productKey}/\${deviceName}/user/up", qos: 1, every: 200ms, payload: { size: 64B } }]
hold: 1s
`;

smallDisksMustWorkInCi();

describe.runIf(SMALL_DISKS)(`a small disk${SMALL_DISKS ? '' : ` (${NO_SMALL_DISKS})`}`, () => {
  let disk: SmallDisk;

  afterEach(() => disk.unmount());

  function mount(sizeKB: number): string {
    disk = mountSmallDisk(sizeKB);
    return join(disk.folder, 'out');
  }

  function run(out: string, ...more: string[]) {
    const file = join(temporaryFolder(), 'small.yaml');
    writeFileSync(file, SCENARIO);
    return cli(['run', file, '--allow-invalid', '--quiet', '--out', out, ...more]);
  }

  it('full in the middle: the run goes on, says so once, and its result is told; what was measured before is in the journal', async () => {
    const out = mount(64);
    // A page each for the lock, run.log and the journal.
    disk.fill(12);
    const { code, stdout, stderr } = await run(out, '--set', 'hold=2s');
    expect(
      stderr.match(/warning: snapshots\.jsonl is cut, the run goes on without it: ENOSPC/g),
    ).toHaveLength(1);
    expect(stderr).toMatch(/could not write .*: ENOSPC/);
    expect(code).toBe(112);
    expect(stdout).toContain('40 ok');
    expect(stdout, 'it ran to its end').toContain('completed after 2.5 s');
    expect(readdirSync(out).filter((name) => name.includes('.partial'))).toEqual([]);

    const elsewhere = temporaryFolder();
    const report = await cli(['report', out, '--out', elsewhere]);
    expect(report.stdout).toMatch(
      /partial after .*: its journal was cut \(ENOSPC: .*this is what it had measured/,
    );
    expect(report.code).toBe(111);
    expect(readSummary(elsewhere).counters.connects_scheduled).toBe(40);
    expectBalanced(elsewhere);
  });

  it('full in the middle, with room again at the end: the report is complete and says so', async () => {
    const out = mount(1024);
    disk.fill(12);
    const file = join(temporaryFolder(), 'small.yaml');
    writeFileSync(file, SCENARIO);
    const run = startCli(['run', file, '--allow-invalid', '--quiet', '--set', 'hold=3s', '--out', out]);
    await run.says('snapshots.jsonl is cut');
    rmSync(join(disk.folder, 'filler'));
    const { code, stdout } = await run.finished;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Warning {5}snapshots\.jsonl was cut in mid-run \(ENOSPC/m);
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['report.html', 'summary.json']));
    expect(readdirSync(out), 'of no use beside it').not.toContain('snapshots.jsonl');
    expect(readSummary(out).standIn?.differences).toEqual([]);
  });

  it('full while the report is written: what is whole stays, and the rest can be had elsewhere', async () => {
    const out = mount(100);
    const { code, stdout, stderr } = await run(out);
    expect(stderr).toMatch(/could not write .*report\.html: ENOSPC/);
    expect(stderr).toContain(`report ${out}\`, or with --out another folder`);
    expect(code).toBe(112);
    expect(stdout).toContain('40 ok');
    expect(readdirSync(out, { recursive: true }).filter((name) => String(name).includes('.partial'))).toEqual(
      [],
    );
    expect(readSummary(out).outcome.state).toBe('completed');

    const elsewhere = temporaryFolder();
    const report = await cli(['report', out, '--out', elsewhere]);
    expect(report.code).toBe(0);
    expect(existsSync(join(elsewhere, 'report.html'))).toBe(true);
    expect(readSummary(elsewhere)).toEqual(readSummary(out));
  });

  it('full at the start: nothing is opened, and an earlier report in the folder is as it was', async () => {
    const out = mount(64);
    mkdirSync(out);
    for (const name of ['summary.json', 'report.html', 'run.log']) writeFileSync(join(out, name), 'earlier');
    disk.fill(4);
    const { code, stdout, stderr } = await run(out);
    expect(stderr).toMatch(/could not write .*: ENOSPC/);
    expect([code, stdout]).toEqual([112, '']);
    expect(readdirSync(out).sort()).toEqual(['report.html', 'run.log', 'summary.json']);
    for (const name of readdirSync(out)) expect(readFileSync(join(out, name), 'utf8')).toBe('earlier');
  });

  it('read-only: nothing is opened, in a new folder and in one that is there', async () => {
    const out = mount(64);
    mkdirSync(out);
    disk.makeReadOnly();
    for (const folder of [out, join(out, 'new')]) {
      const { code, stdout, stderr } = await run(folder);
      expect(stderr).toMatch(/could not write .*: EROFS/);
      expect([code, stdout]).toEqual([112, '']);
    }
  });

  it('full while run.log is written: the log is gone, nothing else', () => {
    mount(64);
    const log = openRunLog(disk.folder);
    disk.fill(0);
    for (let line = 0; line < 100; line++) log.log.info({ line }, 'x'.repeat(200));
    expect(log.close()).toMatch(/ENOSPC/);
    expect(readdirSync(disk.folder)).toEqual(['filler']);
  });
});
