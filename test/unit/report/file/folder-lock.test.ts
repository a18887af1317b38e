import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FleetError } from '../../../../src/model/errors.ts';
import { isLocked, LOCK, lockFolder } from '../../../../src/report/file/folder-lock.ts';
import { claimFolder } from '../../../../src/report/file/write.ts';

let folder: string;
let child: ChildProcess;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-lock-'));
  child = spawn('sleep', ['60']);
});

afterEach(() => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

async function killed(): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

it('is held by one at a time, and leaves nothing', async () => {
  const unlock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(`(process ${process.pid})`);
  const fault = await claimFolder(folder).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(FleetError);
  expect(fault).toMatchObject({ code: 'report-not-written', hint: expect.stringContaining('--out') });
  unlock();
  expect(readdirSync(folder)).toEqual([]);
  lockFolder(folder)();
});

it('of a process that was killed holds nobody off', async () => {
  writeFileSync(join(folder, LOCK), `${child.pid} `);
  expect(isLocked(folder)).toBe(true);
  await killed();
  expect(isLocked(folder)).toBe(false);
  expect(await claimFolder(folder)).toBe(folder);
  const unlock = lockFolder(folder);
  expect(isLocked(folder)).toBe(true);
  unlock();
});

it.runIf(process.platform === 'linux')('of a process whose id another has now holds nobody off', () => {
  writeFileSync(join(folder, LOCK), `${child.pid} 1`);
  expect(isLocked(folder)).toBe(false);
});

it('that is being written is one; that was never written is not', () => {
  writeFileSync(join(folder, LOCK), '');
  expect(isLocked(folder)).toBe(true);
  utimesSync(join(folder, LOCK), 1, 1);
  expect(isLocked(folder)).toBe(false);
});

it('cannot be had where nothing can be written', () => {
  const there = join(folder, 'not-there');
  expect(() => lockFolder(there)).toThrow(FleetError);
  expect(() => lockFolder(there)).toThrow(/could not write .*not-there/);
});
