/** Runs a scenario and tables what it measured beside what the stand-in knows to be true. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistogramStats } from '../../../src/metrics/histogram/histogram.ts';
import type { Summary } from '../../../src/metrics/summary.ts';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';

export interface Measured {
  code: number | null;
  stdout: string;
  summary: Summary;
}

/** `scenario` is YAML; `flags` go to `run`. */
export async function measure(scenario: string, flags: string[] = []): Promise<Measured> {
  const folder = temporaryFolder();
  const file = join(folder, 'scenario.yaml');
  writeFileSync(file, scenario);
  const out = join(folder, 'out');
  const { code, stdout, stderr } = await cli(['run', file, '--out', out, '--quiet', ...flags]);
  if (code === 1 || code === 104) throw new Error(stderr);
  return { code, stdout, summary: readSummary(out) };
}

export const CLIENT_FLAGS = process.env.CLIENT ? ['--client', process.env.CLIENT] : [];

const PERCENTILES = ['p50', 'p90', 'p99'] as const;

export interface Comparison {
  percentile: string;
  measuredMs: number;
  trueMs: number;
  errorMs: number;
  /** What the error may be: 1 ms or 3 %, whichever is more. */
  allowedMs: number;
}

export function compare(measured: HistogramStats | null, truth: HistogramStats | null): Comparison[] {
  if (measured === null || truth === null) throw new Error('nothing was measured');
  return PERCENTILES.map((percentile) => {
    const [measuredMs, trueMs] = [measured[percentile], truth[percentile]];
    const errorMs = Math.round((measuredMs - trueMs) * 1e3) / 1e3;
    return { percentile, measuredMs, trueMs, errorMs, allowedMs: Math.max(1, trueMs * 0.03) };
  });
}

export function print(title: string, rows: object[] | object): void {
  console.log(title);
  console.table(rows);
}
