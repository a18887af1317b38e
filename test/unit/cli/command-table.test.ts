import { describe, expect, it } from 'vitest';
import type { Door } from '../../../src/app/door.ts';
import { runLine } from '../../../src/cli/command-line.ts';
import { commandsFor, commandTable } from '../../../src/cli/command-table.ts';

async function helpOf(...args: string[]): Promise<string> {
  let text = '';
  const stdout = { columns: 200, write: (more: string) => (text += more) };
  await runLine(args, await commandsFor(args), { stdout } as unknown as Door);
  return text;
}

/** Without the line breaks that the help makes. */
const joined = (text: string): string => text.replace(/\s+/g, ' ');

describe.each(await commandTable())('$usage', ({ usage, describe: meaning, flags, examples }) => {
  const [name = ''] = usage.split(' ');

  it('has the help that the table tells of', async () => {
    const help = joined(await helpOf(name, '--help'));
    expect(help).toContain(`mqtt-fleet ${usage} ${meaning}`);
    for (const flag of flags) {
      expect(flag.description).toMatch(/^\S.*\S$/);
      const written = flag.isPositional ? ` ${flag.name} ` : `--${flag.name} `;
      expect(help).toContain(`${written}${joined(flag.description)}`);
      if (flag.default !== undefined) expect(help).toContain(`[default: ${flag.default}]`);
    }
    for (const [, does] of examples) expect(help).toContain(joined(does));
  });

  it('has a flag for each positional, and no two of one name or letter', () => {
    const positionals = flags.filter(({ isPositional }) => isPositional).map(({ name }) => name);
    expect([name, ...positionals]).toEqual(usage.replace(/[[\]<>]/g, '').split(' '));
    const names = flags.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]));
    expect(new Set(names).size).toBe(names.length);
  });
});

it('all commands stand in the help', async () => {
  const help = await helpOf('--help');
  for (const { usage } of await commandTable()) expect(help).toContain(`mqtt-fleet ${usage}`);
  expect(await helpOf('help')).toBe(help);
});

it.each([
  [['sign', '--help'], 1],
  [['--json', 'sign'], 1],
  [['sing'], (await commandTable()).length],
  [['--workers', '2', 'run'], (await commandTable()).length],
])('loads of %j as many commands as it may mean', async (args, count) => {
  expect(await commandsFor(args)).toHaveLength(count);
});

it('calls each command by the word that it is loaded by', async () => {
  for (const { usage } of await commandTable()) {
    const [name = ''] = usage.split(' ');
    expect((await commandsFor([name])).map((command) => command.usage)).toEqual([usage]);
  }
});
