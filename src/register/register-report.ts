/** What `register` says at its end: the same figures as JSON and as a table. */
import { type HistogramStats, statsInMs } from '../metrics/histogram/histogram.ts';
import type { FailureCount } from '../metrics/snapshot.ts';
import { percentileHeads, percentilesIn } from '../model/metrics/percentiles.ts';
import { inert } from '../model/terminal-text.ts';
import { msFromUs } from '../model/units.ts';
import { formatActual, formatCount, formatEach, formatFailure, formatMs } from '../report/text/format.ts';
import type { Paint } from '../report/text/paint.ts';
import { plainTable } from '../report/text/plain-table.ts';
import { hintOfRegistration } from './register-hints.ts';
import {
  judgeRegisters,
  type RegisterResult,
  type RegisterThreshold,
  unitOfResult,
} from './register-thresholds.ts';
import { REGISTER_TRENDS, type RegisterCounter, type RegisterTrend, type Tally } from './tally.ts';

/** Times in milliseconds, as all that leaves the harness. */
export interface RegisterReport {
  method: string;
  target: string;
  out: string;
  outcome: { state: 'completed' | 'aborted'; reason: string | null };
  /** In the list, and those of them that had a secret before. */
  devices: number;
  kept: number;
  durationMs: number;
  counters: Record<RegisterCounter, number>;
  trends: Record<RegisterTrend, HistogramStats | null>;
  failures: (FailureCount & { hint: string })[];
  thresholds: RegisterResult[];
}

export interface RegisterFacts
  extends Pick<RegisterReport, 'method' | 'target' | 'out' | 'devices' | 'kept'> {
  durationUs: number;
  /** What stopped it, where something did. */
  stoppedBy: string | undefined;
}

export function reportOf(
  { durationUs, stoppedBy, ...facts }: RegisterFacts,
  tally: Tally,
  thresholds: readonly RegisterThreshold[],
): RegisterReport {
  const stats = tally.stats();
  return {
    ...facts,
    outcome: { state: stoppedBy === undefined ? 'completed' : 'aborted', reason: stoppedBy ?? null },
    durationMs: msFromUs(durationUs),
    counters: { ...tally.counters },
    trends: {
      register_latency: statsInMs(stats.register_latency),
      register_service: statsInMs(stats.register_service),
    },
    failures: tally.failures.map((failure) => ({ ...failure, hint: hintOfRegistration(failure) })),
    thresholds: judgeRegisters(thresholds, tally, durationUs),
  };
}

/** Whether it came to nothing: devices asked, and none was given anything. */
export function cameToNothing({ counters }: Pick<RegisterReport, 'counters'>): boolean {
  return counters.registers_started > 0 && counters.registers_ok === 0;
}

/** Text without a final newline. */
export function registerTable(given: RegisterReport, paint: Paint): string {
  const report = inert(given);
  return [
    heading(report, paint),
    counts(report, paint),
    trends(report, paint),
    failures(report, paint),
    thresholds(report, paint),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function heading(report: RegisterReport, paint: Paint): string {
  const { method, target, outcome, durationMs, out, devices, kept, counters } = report;
  const isGood = outcome.state === 'completed' && !cameToNothing(report);
  const state = isGood ? paint.good('completed') : paint.bad(outcome.state);
  const reason = outcome.reason === null ? '' : `: ${outcome.reason}`;
  const inList = kept + counters.registers_ok;
  const missing = devices - inList;
  const rest =
    missing === 0 ? '' : `; ${formatCount(missing)} have none yet: the same command asks for these again`;
  return [
    `${paint.strong('register')}  ${formatCount(devices)} devices → ${target}, ${method}`,
    `${state} after ${(durationMs / 1000).toFixed(1)} s${reason}`,
    `${out} has ${formatCount(inList)} of ${formatCount(devices)}${rest}`,
  ].join('\n');
}

function counts({ counters, kept }: RegisterReport, paint: Paint): string {
  const { registers_ok, registers_failed, registers_waited, registers_cancelled } = counters;
  const failed = `${formatCount(registers_failed)} failed`;
  const parts = [
    `${formatCount(registers_ok)} ok`,
    registers_failed === 0 ? failed : paint.bad(failed),
    ...(kept > 0 ? [`${formatCount(kept)} had theirs before`] : []),
    ...(registers_waited > 0 ? [`${formatCount(registers_waited)} waited for a place (--in-flight)`] : []),
    ...(registers_cancelled > 0 ? [`${formatCount(registers_cancelled)} not begun`] : []),
  ];
  return `registers   ${parts.join('  ')}`;
}

function trends({ trends }: RegisterReport, paint: Paint): string {
  const rows = REGISTER_TRENDS.flatMap((name) => {
    const stats = trends[name];
    if (stats === null) return [];
    const times = [stats.min, stats.mean, ...percentilesIn('brief', stats), stats.max];
    return [[name, formatCount(stats.count), ...formatEach(times, formatMs)]];
  });
  const head = ['latency (ms)', 'count', 'min', 'mean', ...percentileHeads('brief'), 'max'];
  return rows.length === 0 ? '' : plainTable(head.map(paint.dim), rows);
}

function failures({ failures }: RegisterReport, paint: Paint): string {
  if (failures.length === 0) return '';
  const lines = failures.flatMap((failure) => [
    `  ${paint.bad(formatCount(failure.count))} × ${formatFailure(failure)}  e.g. ${failure.examples.join(', ')}`,
    `      ${paint.dim(failure.hint)}`,
  ]);
  return [paint.strong('Failures'), ...lines].join('\n');
}

function thresholds({ thresholds }: RegisterReport, paint: Paint): string {
  if (thresholds.length === 0) return '';
  const lines = thresholds.map((result) => {
    const { metric, expression, verdict, actual } = result;
    const mark = verdict === 'pass' ? paint.good('✓') : paint.bad('✗');
    const said =
      actual === null
        ? paint.bad('no data')
        : `${paint.dim('was')} ${formatActual(actual)}${unitOfResult(result)}`;
    return `  ${mark} ${metric} ${expression}  ${said}`;
  });
  return [paint.strong('Thresholds'), ...lines].join('\n');
}
