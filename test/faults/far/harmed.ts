/** Harm that is done to the run from within its process, by what is loaded before the product: see test/support/harm.cjs. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Stage } from '../row.ts';

const HARM = fileURLToPath(new URL('../../support/harm.cjs', import.meta.url));

export interface Harmed {
  env: Record<string, string>;
  /** For harm that waits for it. */
  go(): void;
  /** It was done, once. */
  proof(): void;
}

export function harmed(
  { folder }: Stage,
  harm: string,
  { signal = '', nodeOptions = '' }: { signal?: string; nodeOptions?: string } = {},
): Harmed {
  const mark = join(folder, 'harm');
  return {
    env: {
      NODE_OPTIONS: `--require ${HARM} ${nodeOptions}`,
      HARM: harm,
      HARM_MARK: mark,
      HARM_SIGNAL: signal,
    },
    go: () => writeFileSync(`${mark}.go`, ''),
    proof: () => expect(existsSync(mark) && readFileSync(mark, 'utf8')).toBe(`${harm}\n`),
  };
}
