import { expect, it } from 'vitest';
import { comparisonMarkdown } from '../../../src/compare/comparison-markdown.ts';
import { madeRun } from '../../support/made-runs.ts';
import { comparisonOf } from './comparisons.ts';

const base = madeRun({ seed: 1 });
const slow = madeRun({ seed: 3, connackUs: 20_000 });

it('has the verdict first, then why, then everything', () => {
  const rules = ['connect_latency.p50 > +10%', 'publish_ack.p99 > +10%'];
  expect(comparisonMarkdown(comparisonOf(base, slow, rules))).toMatchInlineSnapshot(`
    "## made: worse (3 worse, 11 no difference)

    - **worse** \`connect_latency\` p50 1.42 → 21.4 ms (+20 ±0.49), p90 1.96 → 22 ms (+20.1 ±0.45), mean 1.47 → 21.5 ms (+20 ±0.34)
    - **worse** \`connect_service\` p50 1.37 → 21.4 ms (+20 ±0.42), p90 1.9 → 21.9 ms (+20 ±0.46), mean 1.42 → 21.4 ms (+20 ±0.32)
    - **worse** \`connect_connack\` p50 1.04 → 21.1 ms (+20 ±0.31), p90 1.55 → 21.6 ms (+20.1 ±0.44), mean 1.08 → 21.1 ms (+20 ±0.26)

    - ❌ \`connect_latency.p50 > +10%\` 1.42 → 21.4 ms (+1,413 %)
    - ✅ \`publish_ack.p99 > +10%\` 2.51 → 2.57 ms (+2.39 %)

    | Latency (ms) | p50 | p90 | p99 | mean | max | verdict |
    | :-- | --: | --: | --: | --: | --: | :-- |
    | \`connect_latency\` | 1.42 → 21.4 (+20 ±0.49) | 1.96 → 22 (+20.1 ±0.45) | 2.46 → 22.5 (+20 ±?) | 1.47 → 21.5 (+20 ±0.34) | 2.83 → 23.6 | worse |
    | \`connect_service\` | 1.37 → 21.4 (+20 ±0.42) | 1.9 → 21.9 (+20 ±0.46) | 2.38 → 22.4 (+20.1 ±?) | 1.42 → 21.4 (+20 ±0.32) | 2.73 → 23.6 | worse |
    | \`connect_tcp\` | 0.306 → 0.303 (-0.003 ±0.086) | 0.458 → 0.428 (-0.03 ±0.12) | 0.683 → 0.619 (-0.064 ±?) | 0.33 → 0.313 (-0.017 ±0.071) | 0.925 → 0.858 | no difference |
    | \`connect_connack\` | 1.04 → 21.1 (+20 ±0.31) | 1.55 → 21.6 (+20.1 ±0.44) | 1.96 → 22 (+20.1 ±?) | 1.08 → 21.1 (+20 ±0.26) | 2.3 → 23.3 | worse |
    | \`publish_ack\` | 1.24 → 1.23 (-0.007 ±0.22) | 1.84 → 1.86 (+0.024 ±0.31) | 2.51 → 2.57 (+0.06 ±0.43) | 1.3 → 1.3 (+0.005 ±0.24) | 4 → 4.16 | no difference |

    | Throughput (/s) | p50 | p90 | p99 | mean | max | verdict |
    | :-- | --: | --: | --: | --: | --: | :-- |
    | \`messages_sent_per_sec\` | 200 → 200 (0 ±0) | 200 → 200 (0 ±?) | 200 → 200 (0 ±?) | 200 → 200 (0 ±0) | 200 → 200 | no difference |
    | \`messages_acked_per_sec\` | 200 → 200 (0 ±0) | 200 → 200 (0 ±?) | 200 → 200 (0 ±?) | 200 → 200 (0 ±0) | 200 → 200 | no difference |
    | \`connects_per_sec\` | 20 → 20 (0 ±0) | 20 → 20 (0 ±?) | 20 → 20 (0 ±?) | 20 → 20 (0 ±0) | 20 → 20 | no difference |

    | Counters | count | per second | verdict |
    | :-- | --: | --: | :-- |
    | \`connects_scheduled\` | 400 → 400 | 20 → 20 (0 ±0) | no difference |
    | \`connects_started\` | 400 → 400 | 20 → 20 (0 ±0) | no difference |
    | \`connects_ok\` | 400 → 400 | 20 → 20 (0 ±0) | no difference |
    | \`messages_scheduled\` | 4,000 → 4,000 | 200 → 200 (0 ±0) | no difference |
    | \`messages_sent\` | 4,000 → 4,000 | 200 → 200 (0 ±0) | no difference |
    | \`messages_acked\` | 4,000 → 4,000 | 200 → 200 (0 ±0) | no difference |

    - base: runs/base, 2026-01-02T03:04:05.678Z, mqtt&#58;//broker:1883
    - head: runs/head, 2026-01-02T03:04:05.678Z, mqtt&#58;//broker:1883
    - Compared: 20 s of each; what differs by less than 5 % or, of times, 1 ms is no difference.
    - All intervals (±) hold at once in 95 of 100 comparisons.
    - too little data: p99 of connect_latency, connect_service, connect_tcp, connect_connack: 50 s"
  `);
});

it('what is text in a run stays text', () => {
  const foreign = { ...base, summary: structuredClone(base.summary) };
  foreign.summary.scenario.name = '</h2><script>|`x`';
  foreign.summary.outcome = { state: 'aborted', reason: '[x](http://x)\n# y' };
  const text = comparisonMarkdown(comparisonOf(foreign, base));
  expect(text).toContain('## &lt;/h2&gt;&lt;script&gt;\\|\\`x\\`: no difference');
  expect(text).toContain('> **base is aborted: \\[x\\](http&#58;//x) \\# y**');
});

it('what a rule was not judged for stays text too', () => {
  const foreign = { ...base, summary: { ...base.summary, lossUnknown: '</td>|[x](http://x) `y`' } };
  const text = comparisonMarkdown(comparisonOf(base, foreign, ['messages_lost.count > 0']));
  expect(text).toContain('&lt;/td&gt;\\|\\[x\\](http&#58;//x) \\`y\\` in head');
});
