/** What the machine's own OpenSSL needs for an HMAC, where it is installed: the floor that no program in Node gets to. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Signmethod } from '../model/scenario.ts';
import { HASH } from '../platform/aliyun/signing/credentials.ts';
import type { OpensslSpeed } from './sign-cost-report.ts';

/** The shortest that `openssl speed` takes. */
export const SECONDS_PER_METHOD = 1;
const TIMEOUT_MS = 10_000;

const run = promisify(execFile);

/** `-hmac` came with OpenSSL 3.0. Null where there is no such program; a method that it refuses is left out. */
export async function opensslSpeed(
  signmethods: readonly Signmethod[],
  contentBytes: number,
  program = 'openssl',
): Promise<OpensslSpeed | null> {
  const openssl = async (...args: string[]): Promise<string> =>
    (await run(program, args, { timeout: TIMEOUT_MS })).stdout;
  const version = await openssl('version').catch(() => undefined);
  if (version === undefined) return null;
  const ns: OpensslSpeed['ns'] = {};
  for (const signmethod of signmethods) {
    const size = ['-seconds', String(SECONDS_PER_METHOD), '-bytes', String(contentBytes)];
    const output = await openssl('speed', '-mr', ...size, '-hmac', HASH[signmethod]).catch(() => '');
    const measured = nsOfSpeed(output);
    if (measured !== undefined) ns[signmethod] = measured;
  }
  return { version: version.trim().replace(/ \(Library:.*/, ''), ns };
}

/**
 * Nanoseconds per operation from the machine-readable form, `+F:<number>:<name>:<bytes per second>` after `+H:<bytes>`; undefined where
 * there is none.
 */
export function nsOfSpeed(output: string): number | undefined {
  const bytes = Number(/^\+H:(\d+)$/m.exec(output)?.[1]);
  const bytesPerSec = Number(/^\+F:\d+:[^:]+:([\d.]+)$/m.exec(output)?.[1]);
  return bytes > 0 && bytesPerSec > 0 ? Math.round((bytes / bytesPerSec) * 1e10) / 10 : undefined;
}
