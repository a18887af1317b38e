import { expect, it } from 'vitest';
import { Histogram } from '../../../src/metrics/histogram/histogram.ts';
import { paintFor } from '../../../src/report/text/paint.ts';
import { binsOf, densityAxis, densityChart } from '../../../src/sign-cost/density-chart.ts';
import { signCostPage } from '../../../src/sign-cost/sign-cost-page.ts';
import type { MethodComparison, MethodCost, SignCost } from '../../../src/sign-cost/sign-cost-report.ts';
import { signCostTable } from '../../../src/sign-cost/sign-cost-table.ts';
import { expectInert, HOSTILE, replaced } from '../../support/foreign-text.ts';

/** A hundred logins: half of them as fast as can be, the others slower by 1 ns each. */
function methodOf(fastestNs: number): MethodCost {
  const histogram = new Histogram('total');
  const recorder = new Histogram('interval');
  for (let nth = 0; nth < 100; nth++) recorder.record(fastestNs + Math.max(0, nth - 49));
  histogram.merge(recorder.take());
  const ns = histogram.stats()!;
  const cost = {
    signsPerSec: 500_000,
    ns: { ...ns, mean: fastestNs + 12.7 },
    histogram: histogram.compressedBase64(),
    signNs: 1700.4,
    bareNs: 1600.2,
    overBare: { ratio: 1.0626, ci95: [1.06, 1.07] as [number, number] },
  };
  histogram.destroy();
  recorder.destroy();
  return cost;
}

function comparison(a: string, b: string, part: Partial<MethodComparison> = {}): MethodComparison {
  return {
    a,
    b,
    ratio: 0.9091,
    ci95: [0.9, 0.918],
    difference: -200.4,
    differenceCi95: [-210.2, -190.6],
    verdict: 'faster',
    ...part,
  };
}

const control = comparison('hmacsha1', 'hmacsha1', {
  ratio: 1,
  ci95: [0.995, 1.005],
  difference: -0.2,
  differenceCi95: [-4, 4],
  verdict: 'no measurable difference',
});

function costOf(part: Partial<SignCost> = {}): SignCost {
  const methods = { hmacsha1: methodOf(2000), hmacsha256: methodOf(2200) };
  const comparisons = [comparison('hmacsha1', 'hmacsha256')];
  const one = { threads: 1, blocks: 30, methods, comparisons, control, tripleNs: 150, clockNs: 40 };
  return {
    schemaVersion: 1,
    tool: { name: 'mqtt-fleet', version: '0.1.0' },
    startedAt: '2026-01-02T03:04:05.678Z',
    devices: 1000,
    contentBytes: 85,
    seed: 1,
    methods,
    comparisons,
    control,
    threads: [one],
    openssl: { version: 'OpenSSL 3.0.0', ns: { hmacsha1: 242 } },
    online: null,
    unavailable: { hmacmd5: 'disabled for <FIPS>' },
    environment: {
      cpu: 'a CPU',
      cores: 4,
      cpuExtensions: 'sha_ni',
      node: 'v20.20.2',
      openssl: '3.0.19',
      fips: 'on',
    },
    ...part,
  };
}

const online: SignCost['online'] = {
  rounds: 3,
  target: 'mqtt://127.0.0.1:1883 (stand-in)',
  devices: 2000,
  workers: 1,
  methods: {
    hmacsha1: {
      connects: 6000,
      failures: [{ phase: 'tcp', kind: 'refused', code: 'ECONNREFUSED', count: 2, hint: 'is it up?' }],
      connect_sign: null,
      connect_auth: null,
      connect_service: null,
      connect_latency: null,
      signShare: { share: 0.0468, ci95: [0.036, 0.0576] },
    },
  },
  comparisons: [comparison('hmacsha1', 'hmacsha256', { difference: -0.307, differenceCi95: [-0.7, 0.1] })],
  health: { verdict: 'suspect', reasons: ['round 1, hmacsha1: late'] },
};

it('is shown on a terminal', () => {
  const text = signCostTable(costOf({ online }), paintFor({ isTTY: false }, {}));
  const lines = text.split('\n').map((line) => line.trimEnd());
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "Signing cost  1,000 devices, 85 bytes signed, random order (seed 1)
    hmacmd5 is left out: disabled for <FIPS>

    Login (ns), 1 thread  count    min    p50    p90    p99  p99.9   mean    per s
    hmacsha1                100  2,000  2,000  2,040  2,049  2,050  2,013  500,000
    hmacsha256              100  2,200  2,201  2,241  2,249  2,250  2,213  500,000

    Means (ns), 1 thread        hmacsha1  hmacsha256
    openssl speed                    242           –
    createHmac alone               1,600       1,600
    signing                        1,700       1,700
      through createHmac alone     1.063       1.063
    triple read                      150         150
    time, host, the rest             162         362
    login                          2,013       2,213

    Login, 1 thread        ratio           95 %  difference (ns)         95 %              the first is
    hmacsha1 : hmacsha256  0.909  0.900 … 0.918             -200  -210 … -191                    faster
    hmacsha1 : itself      1.000  0.995 … 1.005                0       -4 … 4  no measurable difference

    Online  3 rounds of 2,000 devices → mqtt://127.0.0.1:1883 (stand-in), 1 worker

    Connect (ms)  count  sign p50  mean  latency p50  p99  mean  signing is             95 %
    hmacsha1      6,000         –     –            –    –     –      4.68 %  3.60 % … 5.76 %

    Failures
      hmacsha1: 2 × tcp: refused ECONNREFUSED
          is it up?

    connect_latency p50    ratio           95 %  difference (ms)        95 %  the first is
    hmacsha1 : hmacsha256  0.909  0.900 … 0.918           -0.307  -0.7 … 0.1        faster

    Generator   suspect
      round 1, hmacsha1: late

    Machine     a CPU, 4 cores; CPU extensions: sha_ni
                Node.js v20.20.2 with OpenSSL 3.0.19, FIPS on; OpenSSL 3.0.0"
  `);
});

it('draws the methods over each other, on one axis', () => {
  const cost = costOf();
  const bins = binsOf(cost);
  expect(bins).toEqual({ from: 2000, width: 20, count: 13 });
  expect(densityAxis(bins)[0]).toBe(2010);
  const { series } = densityChart(cost.threads[0]!, bins);
  expect(series.map(({ label }) => label)).toEqual(['hmacsha1', 'hmacsha256']);
  // 2000 to 2019: the fifty at 2000 and those slower by 1 to 19 ns.
  expect(series[0]!.values[0]).toBeCloseTo(69);
  expect(series[1]!.values.slice(0, 10)).toEqual(Array(10).fill(0));
  for (const { values } of series) expect(values).toHaveLength(bins.count);
});

it('the page answers first which costs least, by how much, and what that is of a connect', () => {
  const answer = (part: Partial<SignCost>): string => {
    const page = signCostPage(costOf(part));
    return page
      .slice(page.indexOf('<main>'), page.indexOf('<section>'))
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ');
  };
  expect(answer({ online })).toBe(
    ' Least mean of a login, 1 thread – hmacsha1 2,013 ns hmacsha1 against hmacsha256 ✓ 9.1 % faster 191 to 210 ns less a login Of a whole connect, signing is 4.68 % with hmacsha1; hmacsha1 connects faster than hmacsha256. ',
  );
  expect(answer({})).toContain('What that is of a whole connect was not measured: --online does.');
});

it('makes a page that needs nothing else, and escapes what it shows', () => {
  const page = signCostPage(costOf({ online }));
  expect(page).toContain('Logins on 1 thread');
  expect(page).toContain('disabled for &lt;FIPS&gt;');
  expect(page).toContain('no measurable difference');
  expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
});

it('no text of a target or a library steers the terminal', () => {
  const cost = costOf({ unavailable: { hmacmd5: 'said' } });
  expectInert(
    signCostTable(
      replaced(cost, () => HOSTILE, /histogram$|verdict$/),
      paintFor({}, {}),
    ),
  );
});
