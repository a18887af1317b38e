/** Rounds of sign-ins → what signing is of a connect, and whether the methods differ in it. Pure but for emptying the runs' histograms. */
import type { TrialResult } from '../coordinator/trial.ts';
import { type Health, healthOf } from '../metrics/health/health.ts';
import { Histogram, type HistogramStats, statsInMs } from '../metrics/histogram/histogram.ts';
import type { FailureCount } from '../metrics/snapshot.ts';
import { speedVerdictOf } from '../statistics/speed-verdict.ts';
import { meanWithInterval } from '../statistics/student.ts';
import { fromLogarithm, intervalOf, pairsOf, rounded } from './sign-analysis.ts';
import type { MethodComparison, OnlineCost, OnlineMethod, OnlineWay } from './sign-cost-report.ts';
import type { OnlineRound } from './sign-rounds.ts';

const TRENDS = ['connect_sign', 'connect_auth', 'connect_service', 'connect_latency'] as const;
const BY_SEVERITY = ['invalid', 'suspect', 'valid'] as const;

export type OnlineFindings = Pick<OnlineCost, 'rounds' | 'methods' | 'comparisons' | 'health'>;

/** Every round has every method. */
export function analyseRounds(
  rounds: readonly OnlineRound[],
  ways: readonly OnlineWay[],
  hintOf: (failure: FailureCount) => string,
): OnlineFindings {
  // Before the methods: those empty the histograms.
  const comparisons = pairsOf(ways).flatMap(([a, b]) => compared(rounds, a, b));
  const health = worstOf(rounds, ways);
  const methods = Object.fromEntries(
    ways.map((name) => [
      name,
      methodOf(
        rounds.map((round) => round[name]!),
        hintOf,
      ),
    ]),
  );
  return { rounds: rounds.length, methods, comparisons, health };
}

/** Nothing, where one of the two has a round without a connect. */
function compared(rounds: readonly OnlineRound[], a: OnlineWay, b: OnlineWay): MethodComparison[] {
  const medians = rounds.map((round) => [medianMs(round[a]!), medianMs(round[b]!)] as const);
  const known = medians.filter((pair): pair is [number, number] => !pair.includes(undefined));
  if (known.length === 0 || known.length < rounds.length) return [];
  const ratio = fromLogarithm(meanWithInterval(known.map(([ofA, ofB]) => Math.log(ofA / ofB))));
  const difference = meanWithInterval(known.map(([ofA, ofB]) => ofA - ofB));
  return [
    {
      a,
      b,
      ratio: rounded(ratio.value, 1e4),
      ci95: intervalOf(ratio, 1e4),
      difference: rounded(difference.value, 1e3),
      differenceCi95: intervalOf(difference, 1e3),
      verdict: speedVerdictOf(ratio),
    },
  ];
}

function medianMs({ totals }: TrialResult): number | undefined {
  const us = totals.histogram('connect_latency')?.percentile(50);
  return us === undefined ? undefined : us / 1e3;
}

function methodOf(runs: readonly TrialResult[], hintOf: (failure: FailureCount) => string): OnlineMethod {
  const signShare = shareOf(runs);
  const [connect_sign, connect_auth, connect_service, connect_latency] = TRENDS.map((name) =>
    mergedMs(runs, name),
  );
  return {
    connects: runs.reduce((sum, { totals }) => sum + totals.counters.connects_ok, 0),
    failures: failuresOf(runs, hintOf),
    connect_sign: connect_sign ?? null,
    connect_auth: connect_auth ?? null,
    connect_service: connect_service ?? null,
    connect_latency: connect_latency ?? null,
    signShare,
  };
}

function shareOf(runs: readonly TrialResult[]): OnlineMethod['signShare'] {
  const shares = runs.map(({ totals }) => {
    const [sign, latency] = (['connect_sign', 'connect_latency'] as const).map(
      (name) => totals.histogram(name)?.stats()?.mean,
    );
    return sign === undefined || !latency ? undefined : sign / latency;
  });
  const known = shares.filter((share) => share !== undefined);
  if (known.length === 0 || known.length < runs.length) return null;
  const { value, low, high } = meanWithInterval(known);
  const ci95 = intervalOf({ value, low: Math.max(0, low), high: Math.min(1, high) }, 1e4);
  return { share: rounded(value, 1e4), ci95 };
}

function mergedMs(runs: readonly TrialResult[], name: (typeof TRENDS)[number]): HistogramStats | null {
  const merged = new Histogram('total');
  for (const { totals } of runs) {
    const histogram = totals.histogram(name);
    if (histogram !== undefined) merged.merge(histogram.take());
  }
  const stats = statsInMs(merged.stats());
  merged.destroy();
  return stats;
}

function failuresOf(
  runs: readonly TrialResult[],
  hintOf: (failure: FailureCount) => string,
): OnlineMethod['failures'] {
  const kinds = new Map<string, OnlineMethod['failures'][number]>();
  for (const failure of runs.flatMap(({ totals }) => totals.failures)) {
    const { phase, kind, code, count } = failure;
    const key = `${phase} ${kind} ${code}`;
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { phase, kind, code, count, hint: hintOf(failure) });
    else known.count += count;
  }
  return [...kinds.values()].sort((a, b) => b.count - a.count);
}

function worstOf(rounds: readonly OnlineRound[], ways: readonly OnlineWay[]): OnlineCost['health'] {
  const judged = rounds.flatMap((round, index) =>
    ways.map((name) => ({
      at: `round ${index + 1}, ${name}`,
      health: healthOf(round[name]!.totals) satisfies Health,
    })),
  );
  return {
    verdict: BY_SEVERITY.find((each) => judged.some(({ health }) => health.verdict === each)) ?? 'valid',
    reasons: judged.flatMap(({ at, health }) => health.reasons.map((reason) => `${at}: ${reason}`)),
  };
}
