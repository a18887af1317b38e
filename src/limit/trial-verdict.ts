/** Did the trial hold, did it fail by the target's doing, or did the generator spoil it? Pure. */
import type { TrialMeasure } from '../coordinator/trial.ts';
import type { Summary } from '../metrics/summary.ts';
import { msFromUs } from '../model/units.ts';
import { formatCount, formatMs } from '../report/text/format.ts';
import type { Books, LimitKind } from './limit-kind.ts';
import type { LimitTrial, Spoiler } from './limit-report.ts';

export interface TrialGoal {
  /** Share of what was asked for, 0 to 1. */
  maxFailures: number;
  maxP99Us: number | undefined;
}

export interface JudgedTrial {
  kind: LimitKind;
  goal: TrialGoal;
  value: number;
  rampPerSec: number | undefined;
  measure: TrialMeasure;
  /** Of this trial alone; with the thresholds that judge it. */
  summary: Summary;
}

/** Of the sockets, on this side: the target has not even been asked. */
const SPOILER_OF_FAILURE: Record<string, Spoiler> = {
  'no-descriptors': 'EMFILE',
  'no-ports': 'EADDRNOTAVAIL',
};

/** The same trial would meet them again. */
const FINAL: ReadonlySet<Spoiler> = new Set(['EMFILE', 'EADDRNOTAVAIL', 'refused']);

/** Answers to who the devices are or how they speak, not to how many they are. */
const NO_MATTER_OF_LOAD: ReadonlySet<string> = new Set(
  [1, 2, 4, 132, 133, 134].map((returnCode) => `CONNACK ${returnCode}`),
);
const SAID_NO: ReadonlySet<string> = new Set(['rejected', 'closed', 'reset', 'refused', 'kicked']);

export function judgeTrial(judged: JudgedTrial): LimitTrial {
  const { kind, value, rampPerSec, measure, summary } = judged;
  const books = kind.books(value, measure);
  const latency = latencyOf(kind, summary);
  const complaints = complaintsOf(judged, books, latency);
  const spoiledBy = spoilerOf(judged, books, complaints.length === 0);
  const verdict = spoiledBy !== null ? 'spoiled' : complaints.length > 0 ? 'failed' : 'held';
  return {
    value,
    ...(rampPerSec === undefined ? {} : { rampPerSec }),
    verdict,
    reasons: spoiledBy === null ? complaints : [...complaints, ...generatorsWords(spoiledBy, summary)],
    spoiledBy,
    // A generator that is a little late sends in bunches, which may be more than a quota by rate allows.
    ...(!kind.isCount && verdict === 'failed' && summary.health.verdict !== 'valid'
      ? { doubtful: true }
      : {}),
    ...(spoiledBy !== null && FINAL.has(spoiledBy) ? { final: true } : {}),
    carried: verdict === 'held' ? value : books.carried,
    success: books.asked === 0 ? 1 : Math.round((1 - books.missing / books.asked) * 1e6) / 1e6,
    latency,
    peak: measure.peak,
    failures: summary.failures,
    generator: summary.health.verdict,
    startedAt: summary.startedAt,
    durationMs: summary.durationMs,
  };
}

function latencyOf({ trends }: LimitKind, summary: Summary): LimitTrial['latency'] {
  let slowest: LimitTrial['latency'] = null;
  for (const metric of trends) {
    const stats = summary.trends[metric];
    if (stats !== null && stats.p99 > (slowest?.p99Ms ?? -1)) {
      slowest = { metric, p50Ms: stats.p50, p99Ms: stats.p99 };
    }
  }
  return slowest;
}

function complaintsOf(
  { kind, goal, summary }: JudgedTrial,
  { asked, missing }: Books,
  latency: LimitTrial['latency'],
): string[] {
  const complaints: string[] = [];
  if (missing > asked * goal.maxFailures) {
    const [most] = summary.failures;
    const why = most === undefined ? '' : `: ${failureText(most)}`;
    complaints.push(
      `${formatCount(missing)} of ${formatCount(asked)} ${kind.asked} did not get through${why}`,
    );
  }
  if (latency !== null && goal.maxP99Us !== undefined && latency.p99Ms > msFromUs(goal.maxP99Us)) {
    const bound = formatMs(msFromUs(goal.maxP99Us));
    complaints.push(`p99 of ${latency.metric} ${formatMs(latency.p99Ms)} ms, over ${bound} ms`);
  }
  for (const { metric, expression, verdict, actual } of summary.thresholds) {
    if (verdict !== 'pass')
      complaints.push(`${metric} ${expression}: ${actual === null ? 'no data' : `was ${actual}`}`);
  }
  return complaints;
}

/** `363 × connack: rejected CONNACK 3`. */
function failureText({ phase, kind, code, count }: Summary['failures'][number]): string {
  return `${formatCount(count)} × ${phase}: ${kind}${code ? ` ${code}` : ''}`;
}

/**
 * Connections that hold are there, however late the generator was; a rate that the generator did not keep has not been tried. What was
 * refused in so many words was refused, whatever the generator's state: only what was slow or unanswered may be its own doing.
 */
function spoilerOf(
  { kind, goal, measure, summary }: JudgedTrial,
  books: Books,
  holds: boolean,
): Spoiler | null {
  const { failures, health } = summary;
  if (!holds) {
    const own = failures.find((failure) => failure.kind in SPOILER_OF_FAILURE);
    if (own !== undefined) return SPOILER_OF_FAILURE[own.kind]!;
    // The most frequent failure comes first.
    if (failures[0] !== undefined && (isNoMatterOfLoad(failures[0]) || nobodyIsIn(measure))) return 'refused';
    const refused = books.missing - books.unsent > books.asked * goal.maxFailures;
    if (!refused && books.unsent > 0) return 'dropped starts';
    if (kind.isCount && failures.some(({ kind }) => SAID_NO.has(kind))) return null;
  }
  if (health.verdict !== 'invalid' || (holds && kind.isCount)) return null;
  return health.workers.some(({ busySeconds, seconds }) => busySeconds * 2 >= seconds && busySeconds >= 2)
    ? 'CPU'
    : 'slip';
}

/** Not one of those that tried, and none from before. */
function nobodyIsIn({ open, totals: { counters } }: TrialMeasure): boolean {
  return open === 0 && counters.connects_scheduled > 0 && counters.connects_ok === 0;
}

function isNoMatterOfLoad({ kind, code }: Summary['failures'][number]): boolean {
  return NO_MATTER_OF_LOAD.has(code) || kind === 'certificate' || kind === 'dns';
}

function generatorsWords(spoiledBy: Spoiler, { health, failures }: Summary): string[] {
  switch (spoiledBy) {
    case 'CPU':
    case 'slip':
      return health.reasons;
    case 'dropped starts':
      return ['starts found no free slot of `connect.maxInFlight`'];
    case 'refused':
      return [];
    default: {
      const own = failures.find(({ kind }) => SPOILER_OF_FAILURE[kind] === spoiledBy)!;
      return [failureText(own)];
    }
  }
}
