import { describe, expect, it } from 'vitest';
import type { Door } from '../../../../src/app/door.ts';
import type { Command } from '../../../../src/cli/command.ts';
import { runLine } from '../../../../src/cli/command-line.ts';
import { brokerCommand } from '../../../../src/cli/commands/broker.ts';
import { checkCommand } from '../../../../src/cli/commands/check.ts';
import { compareCommand } from '../../../../src/cli/commands/compare.ts';
import { limitCommand } from '../../../../src/cli/commands/limit.ts';
import { runCommand } from '../../../../src/cli/commands/run.ts';
import { signCommand } from '../../../../src/cli/commands/sign.ts';
import { signCostCommand } from '../../../../src/cli/commands/sign-cost.ts';
import { FleetError, formatProblem } from '../../../../src/model/errors.ts';

const CANARY = 'canary5ecret!';
const commands: Command[] = [
  runCommand,
  checkCommand,
  limitCommand,
  signCommand,
  signCostCommand,
  brokerCommand,
  compareCommand,
];

const DOOR = { stdout: {}, env: { DEVICE_SECRET: 'secret' } } as unknown as Door;

/** What is said of a command line; the commands themselves only note that they were called. */
async function saidOf(line: string): Promise<string> {
  let said = 'called';
  const called = commands.map((command): Command => ({ ...command, run: async () => {} }));
  try {
    await runLine(line === '' ? [] : line.split(' '), called, DOOR);
  } catch (error) {
    if (!(error instanceof FleetError) || error.code !== 'bad-input') throw error;
    said = [error.message, ...error.problems.map(formatProblem)].join('\n');
  }
  return said;
}

describe('a command line', () => {
  it.each([
    ['run x --worker 2', 'unknown flag --worker; did you mean --workers?'],
    ['run x --worker=2', 'unknown flag --worker; did you mean --workers?'],
    ['run x --allow-invald', 'unknown flag --allow-invald; did you mean --allow-invalid?'],
    ['run x --xyzzy', 'unknown flag --xyzzy'],
    ['run x -v', 'unknown flag -v; --version prints the version'],
    ['-v', 'unknown flag -v; --version prints the version'],
    ['rnu x', 'unknown command rnu; did you mean run?'],
    ['run x -w abc', '--workers takes a whole number'],
    ['runn x', 'unknown command runn; did you mean run?'],
    ['xyzzy', 'unknown command xyzzy; valid: run, check, limit, sign, sign-cost, broker, compare'],
    [CANARY, 'unknown command; valid: run, check'],
    ['', 'name a command'],
    ['run', 'name a scenario file, or for report the folder of a run'],
    ['run x y', 'an argument too many: y'],
    [`run x ${CANARY}`, 'an argument too many'],
    [`run x --${CANARY}`, 'an argument too many'],
    ['run x --aBcDEfgH 1', 'an argument too many'],
    ['run x --Workers 2', 'an argument too many'],
    ['run x --workers', '--workers needs a value'],
    ['run x --workers abc', '--workers takes a whole number'],
    ['run x --workers 0', '--workers takes a whole number from 1 to 1024'],
    ['run x --workers -3', '--workers takes a whole number from 1 to 1024'],
    ['run x --workers 1.5', '--workers takes a whole number from 1 to 1024'],
    ['run x --workers 1e9', '--workers takes a whole number from 1 to 1024'],
    ['run x --workers 2 --workers 3', '--workers was given more than once'],
    ['run x -w 2 -w 3', 'was given more than once'],
    ['run x --out', '--out needs a value'],
    ['run x --out=', '--out is empty'],
    ['run x --json=maybe', '--json takes no value'],
    ['run x --prometheus 127.0.0.1:99999', '--prometheus takes HOST:PORT'],
    ['limit x --of foo', '--of takes one of connections, connect-rate, message-rate'],
    ['limit x --of connection', 'did you mean connections?'],
    ['limit x --max', '--max needs a value'],
    ['sign --product-key a', '--device-name must be given'],
    ['sign-cost --rounds x', '--rounds takes a whole number'],
    ['broker --port', '--port needs a value'],
    [
      `sign --product-key a --device-name b --client-id=${'c'.repeat(65)}`,
      'is malformed: the part before the first | has 65 of 64 characters',
    ],
    ['limit x --of', '--of needs a value'],
    ['run x --set.y 1', 'an argument too many'],
    ['compare a', 'name two runs, BASE and HEAD'],
  ])('%s', async (line, expected) => {
    const said = await saidOf(line);
    expect(said).toContain(expected);
    expect(said).not.toContain(CANARY);
  });

  it.each<[string, string[]]>([
    [
      'check x extra --foo --workers 0 --set',
      [
        'unknown flag --foo',
        'an argument too many: extra',
        '--workers takes a whole number from 1 to 1024',
        '--set needs a value',
      ],
    ],
    [
      'run x --allowInvlid --out=',
      ['unknown flag --allow-invlid; did you mean --allow-invalid?', '--out is empty'],
    ],
    ['run --prometheus-linger soon', ['name a scenario file', '--prometheus-linger takes a duration']],
    ['sign --json=maybe', ['--product-key, --device-name must be given', '--json takes no value']],
    [
      'sign --product-key a&b --device-name= --region a --instance b --timestamp soon --signmethod md5',
      [
        '--product-key: is not a name',
        '--device-name is empty',
        '--timestamp soon is none of',
        '--signmethod takes one of',
        '--region and --instance are mutually exclusive',
      ],
    ],
    [
      'limit x --resolution 200% --max-failures 100%',
      ['--resolution: is not below 100%', '--max-failures: is not below 100%'],
    ],
    ['limit x --of connection --max 0', ['did you mean connections?', '--max: is below 1']],
    [
      'broker --port x --drop 2',
      ['give one of the two', '--port takes a whole number', '--drop: not of the form it takes'],
    ],
  ])('%s has all its problems told at once', async (line, expected) => {
    const said = await saidOf(line);
    for (const each of expected) expect(said).toContain(each);
    expect(said.trimEnd().split('\n')).toHaveLength(expected.length + 1);
  });

  it.each([
    'run x --workers 2 --json --no-quiet --set a=1 --set b=2',
    'run x -w 1024 --json=false',
    'sign-cost x --online --duration 2s',
    'sign --product-key a --device-name b --timestamp 1 --explain=',
    'broker --generate pk:1 --port 0',
  ])('%s is sound', async (line) => {
    expect(await saidOf(line)).toBe('called');
  });
});
