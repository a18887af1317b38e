/** What the threads of one span measured → what it says of the methods. Pure. */

import { Histogram } from '../metrics/histogram/histogram.ts';
import type { Signmethod } from '../model/scenario.ts';
import type { BootstrapOptions } from '../statistics/bootstrap.ts';
import { type Estimate, estimateMidmeans, midmean } from '../statistics/midmean.ts';
import { speedVerdictOf } from '../statistics/speed-verdict.ts';
import { armId, CONTROL_ID, TRIPLE_ID } from './sign-arms.ts';
import type { MethodComparison, MethodCost, ThreadCost } from './sign-cost-report.ts';
import type { SignTrial } from './sign-trial.ts';

/** 95 %, of all comparisons of a span together. */
const CONFIDENCE = 0.95;
const RESAMPLES = 1000;

/** Two arms of an experiment, and what a reader calls them. */
interface Pair {
  a: string;
  b: string;
  aNs: Float64Array;
  bNs: Float64Array;
}

/** All trials have the same methods and at least one block. */
export function analyse(
  trials: readonly SignTrial[],
  signmethods: readonly Signmethod[],
  random: () => number,
): ThreadCost {
  const options = { random, resamples: RESAMPLES, confidence: CONFIDENCE };
  const ns = (id: string): Float64Array => joined(trials.map(({ blocksNs }) => blocksNs[id]!));
  const login = (signmethod: Signmethod): Float64Array => ns(armId('login', signmethod));
  const pairs = pairsOf(signmethods).map(([a, b]) => ({ a, b, aNs: login(a), bNs: login(b) }));
  const first = signmethods[0]!;
  const self = { a: first, b: first, aNs: login(first), bNs: ns(CONTROL_ID) };
  const [control, ...comparisons] = compared([self, ...pairs], options);
  return {
    threads: trials.length,
    blocks: ns(TRIPLE_ID).length,
    methods: Object.fromEntries(
      signmethods.map((signmethod) => [signmethod, methodCost(trials, signmethod, ns, options)]),
    ),
    comparisons,
    control: control!,
    tripleNs: rounded(midmean(ns(TRIPLE_ID))),
    clockNs: rounded(Math.max(...trials.map(({ clockNs }) => clockNs))),
  };
}

/** The first pair is the control, by which the others are judged. */
function compared(pairs: Pair[], options: BootstrapOptions): MethodComparison[] {
  const ratios = estimateMidmeans(
    pairs.map(({ aNs, bNs }) => aNs.map((ns, block) => Math.log(ns / bNs[block]!))),
    options,
  ).map(fromLogarithm);
  const differences = estimateMidmeans(
    pairs.map(({ aNs, bNs }) => aNs.map((ns, block) => ns - bNs[block]!)),
    options,
  );
  return pairs.map(({ a, b }, index) => {
    const ratio = ratios[index]!;
    const difference = differences[index]!;
    return {
      a,
      b,
      ratio: rounded(ratio.value, 1e4),
      ci95: intervalOf(ratio, 1e4),
      difference: rounded(difference.value),
      differenceCi95: intervalOf(difference),
      verdict: speedVerdictOf(ratio, index === 0 ? 1 : ratios[0]!.value),
    };
  });
}

function methodCost(
  trials: readonly SignTrial[],
  signmethod: Signmethod,
  ns: (id: string) => Float64Array,
  options: BootstrapOptions,
): MethodCost {
  const [signNs, bareNs] = [ns(armId('sign', signmethod)), ns(armId('bare', signmethod))];
  const overBare = fromLogarithm(
    estimateMidmeans([signNs.map((value, block) => Math.log(value / bareNs[block]!))], options)[0]!,
  );
  const histogram = new Histogram('total');
  for (const { logins } of trials) histogram.merge(logins[signmethod]!);
  const mean = midmean(ns(armId('login', signmethod)));
  const cost = {
    signsPerSec: Math.round((trials.length * 1e9) / mean),
    ns: { ...histogram.stats()!, mean: rounded(mean) },
    histogram: histogram.compressedBase64(),
    signNs: rounded(midmean(signNs)),
    bareNs: rounded(midmean(bareNs)),
    overBare: { ratio: rounded(overBare.value, 1e4), ci95: intervalOf(overBare, 1e4) },
  };
  histogram.destroy();
  return cost;
}

export function pairsOf<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, index) => items.slice(index + 1).map((b): [T, T] => [a, b]));
}

function joined(parts: Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

export function fromLogarithm({ value, low, high }: Estimate): Estimate {
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high) };
}

export function intervalOf({ low, high }: Estimate, perUnit = 10): [number, number] {
  return [rounded(low, perUnit), rounded(high, perUnit)];
}

/** To a tenth, or to 1 / perUnit: what is beyond is noise. */
export function rounded(value: number, perUnit = 10): number {
  return Math.round(value * perUnit) / perUnit;
}
