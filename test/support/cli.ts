/** Runs the built command as users do: a child process, its streams, its exit code. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Summary } from '../../src/metrics/summary.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'dist/src/cli/main.js');

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  finished: Promise<Finished>;
  /** Resolves once stderr holds the text. */
  says(text: string): Promise<void>;
}

/** A command under which another runs with a limit: `f` of KB in a file that it writes, to it a disk without room; `n` of open files. */
export function ulimit(resource: 'f' | 'n', value: number): string[] {
  return ['bash', '-c', `ulimit -${resource} ${value}; exec "$0" "$@"`];
}

/** The environment in which test/support/harm.cjs does this harm. */
export function harmed(harm: string): Record<string, string> {
  return { NODE_OPTIONS: `--require ${join(ROOT, 'test/support/harm.cjs')}`, HARM: harm };
}

/** `under` is a command that runs it. */
export function startCli(args: string[], env: Record<string, string> = {}, under: string[] = []): Running {
  const [program, ...rest] = [...under, process.execPath, MAIN, ...args];
  const child = spawn(program!, rest, {
    cwd: ROOT,
    // Tests that run on GitHub do not write into the summary of their own job.
    env: { ...process.env, NO_COLOR: '1', GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const says = async (text: string): Promise<void> => {
    while (!stderr.includes(text)) {
      if (child.exitCode !== null) throw new Error(`ended without saying "${text}":\n${stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, finished, says };
}

export function cli(
  args: string[],
  env: Record<string, string> = {},
  under: string[] = [],
): Promise<Finished> {
  return startCli(args, env, under).finished;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'mqtt-fleet-test-'));
}

export function readSummary(folder: string): Summary {
  return JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary;
}
