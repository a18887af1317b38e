import { describe, expect, it } from 'vitest';
import { Histogram } from '../../../src/metrics/histogram/histogram.ts';
import { SIGNMETHODS, type Signmethod } from '../../../src/model/scenario.ts';
import { analyse, pairsOf } from '../../../src/sign-cost/sign-analysis.ts';
import { armsOf } from '../../../src/sign-cost/sign-arms.ts';
import type { SignTrial } from '../../../src/sign-cost/sign-trial.ts';
import { seededRandom } from '../../../src/statistics/random.ts';

const LOGIN_NS: Record<Signmethod, number> = { hmacsha1: 2000, hmacmd5: 2200, hmacsha256: 2004 };

/** Every block is slow or fast as a whole, by up to a third, and one arm in ten is held up; each arm strays by 2 % besides. */
function trialOf(seed: number, blocks: number, controlNs = LOGIN_NS.hmacsha1): SignTrial {
  const random = seededRandom(seed);
  const arms = armsOf(SIGNMETHODS);
  const values = new Map(arms.map(({ id }) => [id, new Float64Array(blocks)]));
  for (let block = 0; block < blocks; block++) {
    const pace = 1 + random() / 3;
    for (const { id, kind, signmethod } of arms) {
      const share = { login: 1, sign: 0.8, bare: 0.75, triple: 0.1 }[kind];
      const trueNs = id === 'control' ? controlNs : LOGIN_NS[signmethod] * share;
      const heldUp = random() < 0.1 ? random() * 50_000 : 0;
      values.get(id)![block] = trueNs * pace * (0.98 + 0.04 * random()) + heldUp;
    }
  }
  const histogram = new Histogram('interval');
  const logins = Object.fromEntries(
    SIGNMETHODS.map((name) => {
      histogram.record(LOGIN_NS[name]);
      return [name, histogram.take()];
    }),
  );
  histogram.destroy();
  return { blocksNs: Object.fromEntries(values), logins, clockNs: 40 + seed };
}

function analysed(trials: SignTrial[]) {
  return analyse(trials, SIGNMETHODS, seededRandom(9));
}

describe('of a machine that changes its pace and holds arms up', () => {
  it.each([1, 2, 3, 4, 5])('finds the ratios that are there (seed %d)', (seed) => {
    const { comparisons, control, methods } = analysed([trialOf(seed, 200), trialOf(seed + 100, 200)]);
    const [md5, sha256, md5ToSha256] = comparisons;
    expect(md5).toMatchObject({ a: 'hmacsha1', b: 'hmacmd5', verdict: 'faster' });
    expect(md5!.ratio).toBeCloseTo(2000 / 2200, 1.9);
    expect(md5!.difference).toBeLessThan(-150);
    expect(md5!.differenceCi95[1]).toBeLessThan(0);
    // 0.2 % is nothing, however well it is known.
    expect(sha256).toMatchObject({ b: 'hmacsha256', verdict: 'no measurable difference' });
    expect(md5ToSha256).toMatchObject({ a: 'hmacmd5', b: 'hmacsha256', verdict: 'slower' });
    expect(control).toMatchObject({ a: 'hmacsha1', b: 'hmacsha1', verdict: 'no measurable difference' });
    expect(control.ci95[0]).toBeLessThan(control.ratio);
    expect(methods.hmacsha1!.overBare.ratio).toBeCloseTo(0.8 / 0.75, 1.9);
  });

  it('believes no difference that the first method has from itself', () => {
    const { comparisons, control } = analysed([trialOf(1, 200, 2300)]);
    expect(control.verdict).toBe('faster');
    expect(comparisons.map(({ verdict }) => verdict)).toEqual(Array(3).fill('no measurable difference'));
  });
});

it('adds up the threads', () => {
  const cost = analysed([trialOf(1, 30), trialOf(2, 50), trialOf(3, 40)]);
  expect(cost).toMatchObject({ threads: 3, blocks: 120, clockNs: 43 });
  const { signsPerSec, ns } = cost.methods.hmacmd5!;
  expect(ns.count).toBe(3);
  expect(ns.p50).toBeCloseTo(2200, -1);
  expect(signsPerSec / (3e9 / ns.mean)).toBeCloseTo(1, 3);
});

it('pairs each with each once', () => {
  expect(pairsOf(['a', 'b', 'c'])).toEqual([
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'c'],
  ]);
  expect(pairsOf(['a'])).toEqual([]);
});
