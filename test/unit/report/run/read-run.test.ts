import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WasmHistogram } from 'hdr-histogram-js';
import { afterEach, beforeEach, expect, expectTypeOf, it, vi } from 'vitest';
import type { z } from 'zod';
import type { Summary } from '../../../../src/metrics/summary.ts';
import type { summarySchema } from '../../../../src/metrics/summary-schema.ts';
import { FleetError, formatProblem } from '../../../../src/model/errors.ts';
import { TIME_TRENDS } from '../../../../src/model/metrics/metric-names.ts';
import { writeFiles } from '../../../../src/report/file/write.ts';
import { mergedTrends } from '../../../../src/report/run/merged-trends.ts';
import { readRun } from '../../../../src/report/run/read-run.ts';
import { runFiles } from '../../../../src/report/run/run-files.ts';
import { finishedRun } from '../finished-run.ts';

let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-read-'));
  await writeFiles(folder, runFiles(finishedRun()));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Of the fault's problems, each as it is printed, with the folder left out. */
async function problemsOf(path = folder): Promise<string[]> {
  const error = await readRun(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FleetError);
  expect((error as FleetError).code).toBe('bad-input');
  return (error as FleetError).problems.map((problem) => formatProblem(problem).replace(`${path}/`, ''));
}

/** Replaces the file by what `change` makes of its content. */
function change(file: string, by: (text: string) => string): void {
  writeFileSync(join(folder, file), by(readFileSync(join(folder, file), 'utf8')));
}

function changeSummary(by: (summary: Summary) => unknown): void {
  change('summary.json', (text) => {
    const summary = JSON.parse(text) as Summary;
    return JSON.stringify(by(summary) ?? summary);
  });
}

it('the schema is of the type', () => {
  expectTypeOf<z.output<typeof summarySchema>>().branded.toEqualTypeOf<Summary>();
});

it('gives back what the files were made of, by the folder and by its summary.json', async () => {
  const { summary, intervals, asRun } = finishedRun();
  expect(await readRun(folder)).toEqual({ summary, intervals, asRun });
  expect(await readRun(join(folder, 'summary.json'))).toEqual({ summary, intervals, asRun });
});

it('a run that was written before there were retries had none', async () => {
  changeSummary(({ counters: { connects_retried: _, ...counters }, ...summary }) => ({
    ...summary,
    counters,
  }));
  expect((await readRun(folder)).summary.counters.connects_retried).toBe(0);
  changeSummary(({ counters: { connects_ok: _, ...counters }, ...summary }) => ({ ...summary, counters }));
  expect(await problemsOf()).toEqual([expect.stringContaining('connects_ok')]);
});

it('what was read back makes the same files, byte for byte', async () => {
  expect(runFiles(await readRun(folder))).toEqual(runFiles(finishedRun()));
});

it('the merged trends of what was read are those of the run: count, extremes and percentiles exact', async () => {
  const { totals } = finishedRun();
  const { summary, intervals } = await readRun(folder);
  const merged = mergedTrends(summary, intervals);
  expect([...merged.keys()].sort()).toEqual(TIME_TRENDS.filter((name) => totals.histogram(name)).sort());
  for (const [trend, histogram] of merged) {
    const { mean, stddev, ...exact } = totals.histogram(trend)!.stats()!;
    expect(histogram.stats()).toMatchObject(exact);
    // The summary's own is rounded to the microsecond.
    expect(Math.abs(histogram.stats()!.mean - mean)).toBeLessThanOrEqual(0.5);
    expect(histogram.stats()!.stddev).toBeCloseTo(stddev, 6);
    histogram.destroy();
  }
});

it('the files of a run that has just been measured are those of what was read back, without a second merge', async () => {
  const { totals, ...run } = finishedRun();
  const read = await readRun(folder);
  const decode = vi.spyOn(WasmHistogram, 'decode');
  const files = runFiles({ ...run, merged: totals.timeline.merged });
  expect(decode).not.toHaveBeenCalled();
  expect(files).toEqual(runFiles(read));
  expect(decode).toHaveBeenCalledTimes(read.intervals.length);
});

it('does without the scenario’s text', async () => {
  rmSync(join(folder, 'scenario.yaml'));
  const run = await readRun(folder);
  expect(run.asRun).toBeUndefined();
  expect(Object.keys(runFiles(run))).not.toContain('scenario.yaml');
});

it('what is no run is bad input', async () => {
  expect(await problemsOf(join(folder, 'absent'))).toEqual([expect.stringContaining('no such file')]);
  change('summary.json', () => '{"a":');
  expect(await problemsOf()).toEqual(['summary.json: is no JSON']);
  for (const foreign of ['[]', 'null', '{"tests":3}']) {
    change('summary.json', () => foreign);
    expect(await problemsOf()).toEqual([expect.stringMatching(/^summary.json: is no summary of a run/)]);
  }
});

it('only regular files are read: a pipe would be waited for', async () => {
  rmSync(join(folder, 'histograms.hlog'));
  execFileSync('mkfifo', [join(folder, 'histograms.hlog')]);
  expect(await problemsOf()).toEqual([expect.stringMatching(/^histograms\.hlog: is a pipe/)]);
  rmSync(join(folder, 'summary.json'));
  symlinkSync('/dev/zero', join(folder, 'summary.json'));
  expect(await problemsOf()).toEqual([expect.stringMatching(/^summary\.json: is a device/)]);
});

it('another version of the summary is told from a foreign file', async () => {
  changeSummary((summary) => ({ ...summary, schemaVersion: 2 }));
  expect(await problemsOf()).toEqual([
    'summary.json: has schemaVersion 2 (this version reads schemaVersion 1)',
  ]);
});

it('all that is wrong with the summary and the log is said at once', async () => {
  changeSummary((summary) => {
    const { durationMs: _, ...rest } = summary;
    Object.assign(summary.counters, { requests: 3 });
    Object.assign(summary.windows[2]!, { open: 'many' });
    Object.assign(summary.health, { verdict: 'fine' });
    return { ...rest, counters: { ...summary.counters, connects_ok: -1 } };
  });
  change('histograms.hlog', (text) => text.replace(/^Tag=connect_tcp.*$/m, 'garbage'));
  expect(await problemsOf()).toEqual([
    'summary.json: durationMs is missing',
    'summary.json: counters.connects_ok is below 0',
    'summary.json: counters.requests is not known',
    'summary.json: windows.2.open is not a number',
    'summary.json: health.verdict is not possible here',
    expect.stringMatching(/^histograms.hlog:\d+: is no line of this histogram log$/),
  ]);
});

it('a log that is absent, cut off or of another run is a problem', async () => {
  change('histograms.hlog', (text) => text.split('\n').slice(0, 6).join('\n'));
  expect(await problemsOf()).toContainEqual(
    expect.stringContaining('holds 0 values of publish_ack, where summary.json counts 400'),
  );
  rmSync(join(folder, 'histograms.hlog'));
  expect(await problemsOf()).toEqual([expect.stringMatching(/^histograms.hlog: there is no such file/)]);
});

it('a summary with faults in many places names the first twenty', async () => {
  changeSummary((summary) => {
    summary.windows = Array.from({ length: 100 }, () => ({ ...summary.windows[0]!, second: -1 }));
  });
  const problems = await problemsOf();
  expect(problems).toHaveLength(21);
  expect(problems.at(-1)).toBe('summary.json: and 80 more places');
});
