/** What the operating system says of a process and all its descendants, from /proc. */
import { readdirSync, readFileSync, statSync } from 'node:fs';

export interface Usage {
  /** User and system together, to the nanosecond: what the scheduler has given to every thread of the tree. */
  cpuUs: number;
  residentKb: number;
}

/** Differences of it mean something as long as no thread ends in between: one that is gone takes its time with it. */
export function usageOf(root: number): Usage {
  const usage = { cpuUs: 0, residentKb: 0 };
  for (const pid of treeOf(root)) {
    for (const thread of list(`${pid}/task`)) usage.cpuUs += cpuUsOf(`${pid}/task/${thread}`);
    usage.residentKb += Number(/^VmRSS:\s*(\d+) kB$/m.exec(read(`${pid}/status`))?.[1] ?? 0);
  }
  return usage;
}

/** Of the first thread alone: mosquitto has no other. */
export function threadCpuUs(pid: number): number {
  return cpuUsOf(`${pid}`);
}

/** Since Linux 6.2 the folder's size is their number; before, they have to be listed. */
export function descriptorsOf(pid: number): number {
  return statSync(`/proc/${pid}/fd`, { throwIfNoEntry: false })?.size || list(`${pid}/fd`).length;
}

function treeOf(root: number): number[] {
  const tree = [root];
  for (const pid of tree) {
    for (const thread of list(`${pid}/task`)) {
      const children = read(`${pid}/task/${thread}/children`).split(' ');
      tree.push(...children.filter((child) => child !== '').map(Number));
    }
  }
  return tree;
}

/** schedstat: time on the CPU in ns, time spent waiting for one, turns. */
function cpuUsOf(thread: string): number {
  return Number(read(`${thread}/schedstat`).split(' ')[0]) / 1e3;
}

function read(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(`/proc/${folder}`);
  } catch {
    return [];
  }
}
