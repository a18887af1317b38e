/**
 * The tables of the documentation that are made from the code: of keys, flags, metrics and exit codes. Each stands between two comments of its
 * page. `npm run docs` writes them anew; without DOCS=write this says which are not current.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { EXIT, MEANING_OF_EXIT } from '../../src/app/exit-code.ts';
import { commandTable } from '../../src/cli/command-table.ts';
import { COUNTER_ROWS } from '../../src/model/metrics/counters.ts';
import { GAUGE_ROWS } from '../../src/model/metrics/gauges.ts';
import { COUNTERS, RATE_TRENDS, TIME_TRENDS } from '../../src/model/metrics/metric-names.ts';
import { RATE_ROWS, TIME_ROWS } from '../../src/model/metrics/trends.ts';
import { nothingOf } from '../../src/model/metrics/wholes.ts';
import { MODULE } from '../../src/platform/module/module.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { PLATFORMS } from '../../src/platform/platforms.ts';
import { scenarioKeyTable } from './support/scenario-key-table.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMANDS = await commandTable();

/** A cell: a bar would end it, and angle brackets are for HTML. */
function cell(text: string): string {
  return text.replace(/[|\\]/g, '\\$&').replace(/</g, '&lt;').replace(/\n/g, ' ');
}

function table(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => '---'), ...rows.map((cells) => cells.map(cell))];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const code = (text: string): string => `\`${text}\``;

/** With the letter that stands for it. */
const flagText = ({ name, alias }: { name: string; alias?: string }): string =>
  [`--${name}`, ...(alias === undefined ? [] : [`-${alias}`])].map(code).join(', ');

/** Those of thresholds are the metrics, which have tables of their own. */
const keysOf = () => scenarioKeyTable().filter(({ path }) => !path.startsWith('thresholds.'));

/** The columns that each way to sign in asks for; a module takes those of all. */
function waysOf({ methods }: Platform): string {
  const own = methods.filter(({ name }) => name !== MODULE);
  const columnsOf = ({ names, columns }: (typeof own)[number]): string =>
    code([...names, ...columns.map(({ name }) => name)].join(','));
  const [only] = own;
  if (own.length === 1) return columnsOf(only!);
  return own.map((each) => `${each.name}: ${columnsOf(each)}`).join('; ');
}

const TABLES: Record<string, Record<string, () => string>> = {
  'reports/README.md': {
    trends: () =>
      table(
        ['trend', 'of', 'is'],
        [
          ...TIME_TRENDS.map((name) => [code(name), 'ms', TIME_ROWS[name].help]),
          ...RATE_TRENDS.map((name) => [code(name), 'per second', RATE_ROWS[name].help]),
        ],
      ),
    counters: () =>
      table(
        ['counter', 'is', '`share` is of', 'no data where'],
        [
          ...COUNTERS.map((name) => {
            const { help, shareOf } = COUNTER_ROWS[name];
            return [code(name), help, shareOf === undefined ? '' : code(shareOf), nothingOf(name)];
          }),
          ...Object.entries(GAUGE_ROWS).map(([name, { help }]) => [code(name), `Gauge. ${help}`, '', '']),
        ],
      ),
    'exit-codes': () =>
      table(
        ['code', 'meaning'],
        Object.entries(EXIT)
          .toSorted(([, a], [, b]) => a - b)
          .map(([name, value]) => [`${value}`, MEANING_OF_EXIT[name as keyof typeof EXIT]]),
      ),
  },
  'scenarios/README.md': {
    platforms: () =>
      table(
        [
          'platform',
          'is',
          '`auth`',
          'columns of the list',
          'target beside `embedded` and a URL',
          'keepalive',
          'message',
        ],
        PLATFORMS.map((platform) => [
          code(platform.name),
          platform.title,
          platform.methods.map(({ name }) => code(name)).join(', '),
          waysOf(platform),
          Object.keys(platform.endpoint)
            .map((kind) => code(`{ ${kind}: … }`))
            .join(', '),
          platform.limits.keepaliveSec.map((sec) => `${sec}s`).join(' to '),
          `${platform.limits.messageBytes / 1024} KB`,
        ]),
      ),
    keys: () =>
      table(
        ['key', 'takes', 'default', 'is'],
        keysOf().map((key) => [
          code(key.path),
          key.types.join(', '),
          key.isRequired ? 'required' : (key.default ?? ''),
          key.description,
        ]),
      ),
  },
  'src/cli/README.md': {
    flags: () =>
      COMMANDS.map(({ usage, describe, flags }) =>
        [
          `### ${code(usage.replace('$0', 'mqtt-fleet'))}`,
          describe,
          table(
            ['flag', 'takes', 'default', 'is'],
            flags.map((flag) => [
              flag.isPositional ? code(flag.name) : flagText(flag),
              flag.kind === 'choice' ? flag.choices.join(', ') : flag.kind,
              flag.isRequired ? 'required' : (flag.default ?? ''),
              flag.description,
            ]),
          ),
        ].join('\n\n'),
      ).join('\n\n'),
  },
};

for (const [page, tables] of Object.entries(TABLES)) {
  it.each(Object.keys(tables))(`the %s in ${page} are current`, (name) => {
    const path = `${ROOT}/${page}`;
    const text = readFileSync(path, 'utf8');
    const [begin, end] = [`<!-- ${name}: made by \`npm run docs\` -->\n`, `<!-- end of ${name} -->`];
    const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
    expect(from, `${page} has no place for the ${name}`).toBeGreaterThanOrEqual(begin.length);
    expect(to).toBeGreaterThanOrEqual(from);
    const made = `${tables[name]!()}\n`;
    if (process.env.DOCS === 'write') writeFileSync(path, text.slice(0, from) + made + text.slice(to));
    else expect(text.slice(from, to), 'run `npm run docs`').toBe(made);
  });
}
