/**
 * The broker on the last core, a tool of one thread on the others: where the kernel lets them share one, each message costs two
 * switches between them more, and whether it does is luck of the run, not a property of the tool.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const LAST = availableParallelism() - 1;

export function placeBroker(pid: number): void {
  place(pid, `${LAST}`);
}

export function placeTool(pid: number, threads: number): void {
  if (threads === 1) place(pid, LAST === 1 ? '0' : `0-${LAST - 1}`);
}

/** All threads that the process has; those to come follow them. On one core there is nothing to choose. */
function place(pid: number, cores: string): void {
  if (LAST > 0) execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', cores, `${pid}`]);
}
