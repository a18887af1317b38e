/** What a container or service manager lets this process have of the machine: Linux control groups of version 2 and 1. */
import { dirname, join } from 'node:path';
import { readKernelFile } from './kernel-file.ts';

/** What the cgroup allots; undefined where nothing is limited. */
export interface Allotment {
  memoryBytes: number | undefined;
  cores: number | undefined;
}

/** Version 1 says "no limit" by a number that no machine has. */
const UNLIMITED_BYTES = 2 ** 60;

/** `root` is where /proc and /sys are to be found. */
export function readAllotment(root = ''): Allotment {
  const memory: number[] = [];
  const cores: number[] = [];
  for (const line of (readKernelFile(`${root}/proc/self/cgroup`) ?? '').split('\n')) {
    const [, controllers, path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined) continue;
    // A group is held to the limits of all groups above it as well.
    for (const group of upwards(path)) {
      if (controllers === '') {
        const folder = join(`${root}/sys/fs/cgroup`, group);
        memory.push(room(folder, 'memory.max', 'memory.current', 'inactive_file'));
        cores.push(quotaV2(join(folder, 'cpu.max')));
      } else if (controllers === 'memory') {
        const folder = join(`${root}/sys/fs/cgroup/memory`, group);
        memory.push(room(folder, 'memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file'));
      } else if (controllers.split(',').includes('cpu')) {
        cores.push(quotaV1(join(`${root}/sys/fs/cgroup/cpu`, group)));
      }
    }
  }
  return { memoryBytes: least(memory), cores: least(cores) };
}

/** /a/b → /a/b, /a, /: inside a container the last one is its own. */
function upwards(path: string): string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...upwards(above)];
}

/** What the limit leaves. File pages that nobody uses go when memory is wanted: they are not counted as used. */
function room(folder: string, limitFile: string, usedFile: string, reclaimable: string): number {
  const limit = numberIn(join(folder, limitFile));
  const used = numberIn(join(folder, usedFile));
  const stat = readKernelFile(join(folder, 'memory.stat')) ?? '';
  const unused = number(new RegExp(`^${reclaimable} (\\d+)$`, 'm').exec(stat)?.[1]);
  if (Number.isNaN(limit) || Number.isNaN(used) || limit >= UNLIMITED_BYTES) return Number.POSITIVE_INFINITY;
  return Math.max(0, limit - used + (Number.isNaN(unused) ? 0 : unused));
}

/** `200000 100000`: of each 100 ms it may run 200, on several cores; `max` is no limit. */
function quotaV2(file: string): number {
  const [quota, period] = (readKernelFile(file) ?? '').split(' ');
  return positive(number(quota) / number(period));
}

function quotaV1(folder: string): number {
  return positive(numberIn(join(folder, 'cpu.cfs_quota_us')) / numberIn(join(folder, 'cpu.cfs_period_us')));
}

function positive(value: number): number {
  return value > 0 ? value : Number.POSITIVE_INFINITY;
}

function least(values: number[]): number | undefined {
  const value = Math.min(...values);
  return Number.isFinite(value) ? value : undefined;
}

/** NaN for what is no number: `max`, or a file that is not there. */
function number(text: string | undefined): number {
  return text === undefined || text.trim() === '' ? Number.NaN : Number(text);
}

function numberIn(file: string): number {
  return number(readKernelFile(file));
}
