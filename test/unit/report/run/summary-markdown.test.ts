import fc from 'fast-check';
import { marked, type Token, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../../../src/metrics/summary.ts';
import { visible } from '../../../../src/model/terminal-text.ts';
import { summaryMarkdown } from '../../../../src/report/run/summary-markdown.ts';
import { cases } from '../../../support/cases.ts';
import { anyText } from '../any-text.ts';
import { summaryOf } from '../summaries.ts';

it('shows everything that a reader of the terminal would see', () => {
  expect(summaryMarkdown(summaryOf())).toMatchInlineSnapshot(`
    "## ❌ property-post failed
    - ❌ the books do not balance: connects: 1200 scheduled, but 1199 have an outcome
    - ❌ 2 of 3 thresholds failed

    1,200 devices → \`mqtt://127.0.0.1:1883 (stand-in)\`  
    MQTT 3.1.1, client mqtt, hmacsha1, 2 workers  
    **completed** after 14.0 s  
    started at 2026-01-02T03:04:05.678Z, mqtt-fleet 0.1.0

    ### Thresholds

    |  | Threshold | Result |
    | --- | --- | --- |
    | ✅ | \`connect_latency p(99) < 500ms\` | was 99.97 ms |
    | ❌ | \`connects_failed share < 0.001\` | was 0.008333 |
    | ❌ | \`connect_tls max < 1s\` | no data, which is never a pass |

    ### Counts

    |  |  |
    | --- | --- |
    | Connects | 1,200 scheduled, 1,180 ok, **10 failed**, **10 dropped**, 1,180 open at most |
    | Messages | 4,000 sent, 3,990 acked, **10 unacked**, 3,980 received, 3,980 of them replies |
    | Bytes | 1.5 MB sent, 1.5 KB received |

    ### Latency

    | Latency (ms) | count | min | p50 | p90 | p99 | p99.9 | max | mean |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | \`connect_latency\` | 1,180 | 0.042 | 1.38 | 1.38 | 100 | 1,205 | 1,205 | 1.38 |

    ### Throughput

    | Throughput (/s) | seconds | min | p50 | p90 | p99 | p99.9 | max | mean |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | \`messages_sent_per_sec\` | 14 | 150 | 290 | 290 | 301 | 12,345 | 12,345 | 290 |

    ### Failures

    | Count | Phase | Failure | Devices, e.g. | What to do |
    | --- | --- | --- | --- | --- |
    | 9 | connack | rejected CONNACK 5 | \`d1\` \`d2\` \`d3\` | not authorised |
    | 1 | tcp | timeout | \`d9\` | filtered |

    ### Generator

    - ⚠️ the generator's figures are **suspect**
      - ⚠️ connect\\_slip p99 is 25 ms: the generator itself was that late
    - ❌ the books do not balance: connects: 1200 scheduled, but 1199 have an outcome
    - ⚠️ the stand-in differs: connects\\_ok is 1180, the stand-in's connects\\_ok is 1181
    "
  `);
});

it('is headed by a verdict', () => {
  const passed: Partial<Summary> = {
    thresholds: [{ metric: 'disconnects', expression: 'count == 0', verdict: 'pass', actual: 0 }],
    imbalances: [],
    failures: [],
    health: { verdict: 'valid', reasons: [], workers: [] },
    standIn: { counts: {}, truth: {}, differences: [] },
  };
  expect(summaryMarkdown(summaryOf(passed))).toMatch(/^## ✅ property-post passed\n\n1,200 devices/);
  expect(summaryMarkdown(summaryOf(passed))).not.toMatch(/❌|⚠️|### Failures/);
  const unjudged = summaryMarkdown(summaryOf({ ...passed, thresholds: [] }));
  expect(unjudged).toMatch(/^## property-post completed: no thresholds, nothing judged\n\n1,200 devices/);
  expect(unjudged).not.toMatch(/❌|⚠️|### Thresholds/);
  const stopped = summaryOf({ ...passed, outcome: { state: 'aborted', reason: 'SIGINT' } });
  expect(summaryMarkdown(stopped)).toMatch(
    /^## ❌ property-post failed\n- ❌ the run was stopped: SIGINT\n\n/,
  );
  expect(summaryMarkdown(stopped)).toContain('**aborted** after 14.0 s: SIGINT');
  const invalid = summaryOf({ ...passed, health: { verdict: 'invalid', reasons: ['late'], workers: [] } });
  expect(summaryMarkdown(invalid)).toMatch(/^## ❌ .*\n- ❌ the generator was overloaded/);
  expect(summaryMarkdown(invalid, true)).toMatch(/^## ✅ .*figures are \*\*invalid\*\*/s);
});

it('says what went wrong beside the run, as text', () => {
  expect(summaryMarkdown(summaryOf({ warnings: ['cut by <b>'] }))).toMatch(/^- ⚠️ cut by (?!<b>)\S+/m);
});

it('shows how each worker fared', () => {
  const worker = {
    cpu: 0.504,
    utilization: 0.25,
    utilizationMax: 0.96,
    busySeconds: 1,
    seconds: 9,
    gc: 0.01,
    loopDelayMaxMs: 12.6,
  };
  const workers = [worker, { ...worker, cpu: null }];
  const text = summaryMarkdown(summaryOf({ health: { verdict: 'valid', reasons: [], workers } }));
  expect(text).toContain('\n| 0 | 50 % | 25 % | 96 % | 1 % | 13 ms |\n| 1 | n/a | 25 %');
});

describe('what others wrote', () => {
  /** As a reader sees it; anything but plain text and code throws. */
  function seen(tokens: Token[] | undefined): string {
    return (tokens ?? [])
      .map((token) => {
        if (token.type === 'text' && 'tokens' in token && token.tokens) return seen(token.tokens);
        if (token.type === 'text') return unescaped((token as Tokens.Text).text);
        if (token.type === 'escape' || token.type === 'codespan') return (token as Tokens.Codespan).text;
        if (token.type === 'strong') return seen((token as Tokens.Strong).tokens);
        throw new Error(`${token.type}: ${token.raw}`);
      })
      .join('');
  }

  function unescaped(html: string): string {
    return html
      .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
  }

  function shown(text: string): string {
    const line = text.toWellFormed().replace(/[\s\p{Cc}]+/gu, ' ');
    return visible(line.trim());
  }

  /** Of a cell or an item, without the white space that Markdown does not keep. */
  function same(tokens: Token[] | undefined, text: string): void {
    expect(seen(tokens).replace(/\s+/g, ' ').trim()).toBe(shown(text).replace(/\s+/g, ' ').trim());
  }

  it('is shown as it is, whatever is in it, and never breaks a table, a list or a heading', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, anyText, (name, device, code, reason) => {
        const [threshold] = summaryOf().thresholds;
        const text = summaryMarkdown(
          summaryOf({
            scenario: { ...summaryOf().scenario, name: `n${name}n`, target: device },
            outcome: { state: 'partial', reason: `r${reason}` },
            failures: [{ phase: 'tcp', kind: 'k', code, count: 1, examples: [device, 'd2'], hint: reason }],
            health: { verdict: 'invalid', reasons: [reason], workers: [] },
            imbalances: [code],
            thresholds: [{ ...threshold!, expression: reason }],
          }),
        );
        const tokens = marked.lexer(text).filter(({ type }) => type !== 'space');
        expect(tokens.map(({ type }) => type).join(' ')).toBe(
          'heading list paragraph heading table heading table heading table heading table heading table heading list',
        );
        same((tokens[0] as Tokens.Heading).tokens, `❌ n${name}n failed`);
        const tables = tokens.filter((token): token is Tokens.Table => token.type === 'table');
        const cells = (table: number): Tokens.TableCell[] => tables[table]!.rows[0]!;
        expect(tables.map(({ rows }) => rows.length)).toEqual([1, 3, 1, 1, 1]);
        same(cells(0)[1]!.tokens, `connect_latency ${reason}`);
        same(cells(4)[2]!.tokens, `k ${code}`);
        same(cells(4)[3]!.tokens, `${device} d2`);
        same(cells(4)[4]!.tokens, reason);
        const lists = tokens.filter((token): token is Tokens.List => token.type === 'list');
        same(lists[0]!.items[0]!.tokens, `❌ the books do not balance: ${code}`);
        same(lists[0]!.items[1]!.tokens, `❌ r${reason}`);
      }),
      cases(2),
    );
  });
});
