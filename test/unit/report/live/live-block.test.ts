import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { Totals } from '../../../../src/metrics/totals.ts';
import { liveBlock } from '../../../../src/report/live/live-block.ts';
import { courseOf } from '../../../../src/report/live/live-facts.ts';
import { paintFor } from '../../../../src/report/text/paint.ts';
import { cases } from '../../../support/cases.ts';
import { busyTotals, LENGTHS, standing } from '../standing.ts';

const PLAIN = paintFor({}, {});
const COLOURED = paintFor({ isTTY: true }, {});

/** Also what no terminal draws wider than one column: every width below is then a count of characters. */
const NARROW = /^[\x20-\x7e×–…━─▁▂▃▄▅▆▇█]*$/;

function blockAt(columns: number, totals = busyTotals(), elapsedUs = 10e6): string {
  return `\n${liveBlock(standing(totals, elapsedUs), columns, PLAIN).join('\n')}\n`;
}

it('at 80 columns', () => {
  expect(blockAt(80)).toMatchInlineSnapshot(`
    "
    Holding      ━━━━━━━━━━━━━━━━━━━━━━──────────────────────  10s of 20s  10s left
    Connections  1,200 of 1,200 open  0 connects/s             ▃▅▆███████
    Messages/s   1,200 sent  1,198 acked  1,210 received       ▃▅▆███████
    Latency (ms)     p50      p99      max                     p99, last 20 s
      connect          –        –        –                     ▅▆▇█
      publish ack   1.39     1.39     1.39                     ██████████
      reply         12.3     12.3     12.3                     ▂▂▂▂▂▂▂█▂▂
    Failures     none
    Generator    keeping up  busiest worker 43 %  slip p99 2.1 ms
    "
  `);
});

it('at 140 columns', () => {
  expect(blockAt(140)).toMatchInlineSnapshot(`
    "
    Holding      ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━──────────────────────────────  10s of 20s  10s left
    Connections  1,200 of 1,200 open  0 connects/s             ▃▅▆███████
    Messages/s   1,200 sent  1,198 acked  1,210 received       ▃▅▆███████
    Latency (ms)     p50      p99      max                     p99, last 60 s
      connect          –        –        –                     ▅▆▇█
      publish ack   1.39     1.39     1.39                     ██████████
      reply         12.3     12.3     12.3                     ▂▂▂▂▂▂▂█▂▂
    Failures     none
    Generator    keeping up  busiest worker 43 %  slip p99 2.1 ms
    "
  `);
});

it('at 40 columns', () => {
  expect(blockAt(40)).toMatchInlineSnapshot(`
    "
    Holding      10s of 20s  10s left
    Connections  1,200 of 1,200 open
    Messages/s   1,200 sent  1,198 acked
    Latency (ms)     p50      p99      max
      connect          –        –        –
      publish ack   1.39     1.39     1.39
      reply         12.3     12.3     12.3
    Failures     none
    Generator    keeping up
    "
  `);
});

it('names the three most frequent failures and counts the rest', () => {
  expect(blockAt(80, busyTotals({ failures: 6 }))).toMatchInlineSnapshot(`
    "
    Holding      ━━━━━━━━━━━━━━━━━━━━━━──────────────────────  10s of 20s  10s left
    Connections  1,200 of 1,200 open  0 connects/s             ▃▅▆███████
    Messages/s   1,200 sent  1,198 acked  1,210 received       ▃▅▆███████
    Latency (ms)     p50      p99      max                     p99, last 20 s
      connect          –        –        –                     ▅▆▇█
      publish ack   1.39     1.39     1.39                     ██████████
      reply         12.3     12.3     12.3                     ▂▂▂▂▂▂▂█▂▂
    Failures     60 × connack: rejected CONNACK 1
                 50 × connack: rejected CONNACK 2
                 40 × connack: rejected CONNACK 3
                 60 more, of 3 other kinds
    Generator    keeping up  busiest worker 43 %  slip p99 2.1 ms
    "
  `);
});

it('before the start line, and in the first second', () => {
  expect(liveBlock(standing(new Totals(2)), 80, PLAIN)).toEqual(['Starting     1,200 devices on 2 workers']);
  expect(blockAt(80, new Totals(2), 100)).toMatchInlineSnapshot(`
    "
    Connecting   ─────────────────────────────────────────────  0s of 20s  20s left
    Connections  0 of 1,200 open  0 connects/s
    Failures     none
    Generator    keeping up
    "
  `);
});

it.each([
  [3.2e6, 'Connecting', '3s of 20s  17s left'],
  [19.9e6, 'Holding', '19s of 20s  1s left'],
  [20.1e6, 'Draining', '20s of 20s  5s at most'],
  [26e6, 'Draining', '20s of 20s  closing'],
])('after %d µs is %s, %s', (elapsedUs, phase, time) => {
  const [first = ''] = liveBlock(standing(busyTotals(), elapsedUs), 80, PLAIN);
  expect(first).toMatch(new RegExp(`^${phase} .* ${time}$`));
});

it('says in words when the generator is late', () => {
  expect(blockAt(80, busyTotals({ late: true }))).toContain('Generator    too late (invalid)');
});

it('no line wraps at any width, coloured or not, and colours change no character', () => {
  const variants = [
    standing(busyTotals()),
    standing(busyTotals({ failures: 2 })),
    standing(busyTotals({ failures: 6, late: true })),
  ];
  const blocks = fc.record({
    variant: fc.constantFrom(...variants),
    columns: fc.oneof(fc.constantFrom(40, 80, 140), fc.integer({ min: 2, max: 250 })),
    elapsedUs: fc.oneof(fc.constant(undefined), fc.integer({ min: -100_000, max: 40_000_000 })),
  });
  fc.assert(
    fc.property(blocks, ({ variant, columns, elapsedUs }) => {
      const facts = { ...variant, course: courseOf(LENGTHS, elapsedUs) };
      const coloured = liveBlock(facts, columns, COLOURED).map((line) => stripVTControlCharacters(line));
      for (const line of coloured) {
        expect(line).toMatch(NARROW);
        expect(line.length).toBeLessThan(columns);
      }
      expect(coloured.map((line) => line.trimEnd())).toEqual(liveBlock(facts, columns, PLAIN));
    }),
    cases(),
  );
});

function troubleRow(text: string, columns: number): string {
  const facts = standing(busyTotals(), 10e6);
  const figures = { ...facts.figures, troubles: [{ text, count: 3 }] };
  return liveBlock({ ...facts, figures }, columns, PLAIN).find((line) => line.startsWith('Failures'))!;
}

it.each([
  ['设备名称'.repeat(10), 40, 'Failures     3 × 设备名称设备名称设备…', 38],
  ['设备名称'.repeat(10), 41, 'Failures     3 × 设备名称设备名称设备名…', 40],
  ['👩‍🔧'.repeat(20), 40, `Failures     3 × ${'👩‍🔧'.repeat(10)}…`, 38],
  ['e\u0301'.repeat(20), 60, `Failures     3 × ${'e\u0301'.repeat(20)}`, 37],
  ['e\u0301'.repeat(40), 40, `Failures     3 × ${'e\u0301'.repeat(21)}…`, 39],
  ['설비：ａｂ'.repeat(9), 40, 'Failures     3 × 설비：ａｂ설비：ａｂ…', 38],
])(
  'a text of wide or joined characters is cut by the columns it takes: %s at %d',
  (text, columns, row, width) => {
    expect(troubleRow(text, columns)).toBe(row);
    expect(stringWidth(row)).toBe(width);
  },
);

it('of any text no line is wider than the terminal, and no character is cut in two', () => {
  const character = fc.constantFrom(
    '设',
    '备',
    'é',
    'e\u0301',
    '👩‍🔧',
    '🇨🇳',
    'ก็',
    'x',
    'ﾊﾞ',
    '：',
    '\u{20000}',
  );
  fc.assert(
    fc.property(
      fc.array(character, { maxLength: 100 }),
      fc.integer({ min: 20, max: 150 }),
      (drawn, columns) => {
        const row = troubleRow(drawn.join(''), columns);
        expect(stringWidth(row)).toBeLessThan(columns);
        const shown = row.replace(/^Failures( +3 ×? ?)?/, '').replace(/…$/, '');
        const whole = drawn.map((_, index) => drawn.slice(0, index).join(''));
        expect([...whole, drawn.join('')]).toContain(shown);
      },
    ),
    { numRuns: 200 },
  );
});
