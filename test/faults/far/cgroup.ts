/** A control group of Linux, of either version, for one process and what it starts. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from '../row.ts';

type Version = 1 | 2;

/** Undefined where none can be made. */
export const CGROUPS: Version | undefined = versionHere();

let made = 0;

/** With this share of one core. `throttled` is how often the kernel has held it up. */
export function shareOfCore(stage: Stage, share: number): { under: string[]; throttled(): number } {
  const periodUs = 100_000;
  const quotaUs = periodUs * share;
  const folder = group(stage, 'cpu');
  if (CGROUPS === 2) write(folder, 'cpu.max', `${quotaUs} ${periodUs}`);
  else {
    write(folder, 'cpu.cfs_period_us', `${periodUs}`);
    write(folder, 'cpu.cfs_quota_us', `${quotaUs}`);
  }
  return { under: within(folder), throttled: () => figure(folder, 'cpu.stat', 'nr_throttled') };
}

/** With this much memory and no swap. `killed` is how many the kernel has killed for want of it. */
export function memoryOf(stage: Stage, bytes: number): { under: string[]; killed(): number } {
  const folder = group(stage, 'memory');
  write(folder, CGROUPS === 2 ? 'memory.max' : 'memory.limit_in_bytes', `${bytes}`);
  const file = CGROUPS === 2 ? 'memory.events' : 'memory.oom_control';
  return { under: within(folder), killed: () => figure(folder, file, 'oom_kill') };
}

/** A process is in a group once its number is in the group's list. */
function within(folder: string): string[] {
  return ['bash', '-c', `echo $$ > ${join(folder, 'cgroup.procs')} && exec "$0" "$@"`];
}

function group(stage: Stage, controller: string): string {
  const folder = join(rootOf(CGROUPS!, controller), `mqtt-fleet-${process.pid}-${made++}`);
  mkdirSync(folder);
  stage.atEnd(() => rmdirSync(folder));
  return folder;
}

function rootOf(version: Version, controller: string): string {
  return version === 2 ? '/sys/fs/cgroup' : join('/sys/fs/cgroup', controller);
}

function write(folder: string, file: string, value: string): void {
  writeFileSync(join(folder, file), value);
}

function figure(folder: string, file: string, name: string): number {
  const found = new RegExp(`^${name} (\\d+)$`, 'm').exec(readFileSync(join(folder, file), 'utf8'));
  return Number(found?.[1] ?? 0);
}

/** A group with all that rows ask of it, made and removed once. */
function versionHere(): Version | undefined {
  const limits: [Version, string, string][] = [
    [2, 'cpu', 'cpu.max'],
    [2, 'memory', 'memory.max'],
    [1, 'cpu', 'cpu.cfs_quota_us'],
    [1, 'memory', 'memory.limit_in_bytes'],
  ];
  const works = (version: Version): boolean =>
    limits.every(([of, controller, file]) => of !== version || canMake(rootOf(of, controller), file));
  return ([2, 1] as const).find(works);
}

function canMake(root: string, file: string): boolean {
  const folder = join(root, `mqtt-fleet-${process.pid}-probe`);
  try {
    mkdirSync(folder);
  } catch {
    return false;
  }
  try {
    return existsSync(join(folder, file));
  } finally {
    rmdirSync(folder);
  }
}
