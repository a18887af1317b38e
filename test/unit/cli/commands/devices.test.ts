import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import type { Door } from '../../../../src/app/door.ts';
import { runLine } from '../../../../src/cli/command-line.ts';
import { devicesCommand } from '../../../../src/cli/commands/devices.ts';
import { readDevices } from '../../../../src/scenario/devices/device-list.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A slow reader: each chunk is taken a turn later, so that a writer that ignores backpressure piles up. */
class SlowReader extends Writable {
  text = '';
  mostWaiting = 0;

  constructor() {
    super({ highWaterMark: 16 * 1024, decodeStrings: false });
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk;
    this.mostWaiting = Math.max(this.mostWaiting, this.writableLength);
    setImmediate(done);
  }
}

async function run(flags: string, stdout = new SlowReader()): Promise<SlowReader> {
  const door = { stdout: stdout as unknown, stderr: stdout as unknown } as Door;
  await runLine(['devices', ...flags.split(' ')], [devicesCommand], door);
  return stdout;
}

describe('mqtt-fleet devices', () => {
  it('writes to stdout, and leaves it open', async () => {
    const { text, writableEnded } = await run('--product-key pk --count 3 --prefix x');
    const lines = text.trimEnd().split('\n');
    expect(lines[0]).toBe('productKey,deviceName,deviceSecret');
    expect(lines.slice(1)).toEqual(
      [1, 2, 3].map((n) => expect.stringMatching(`^pk,x00000${n},[0-9a-f]{32}$`)),
    );
    expect(new Set(lines.slice(1).map((line) => line.split(',')[2])).size).toBe(3);
    expect(writableEnded).toBe(false);
  });

  it('waits for a slow reader', async () => {
    const { text, mostWaiting } = await run('--product-key pk --count 20000');
    expect(text.split('\n')).toHaveLength(20_002);
    expect(mostWaiting).toBeLessThan(text.length / 4);
  });

  it.each(['list.csv', 'list.jsonl', 'list.ndjson', 'list.json', 'one.JSON'])(
    'writes %s, readable by its owner only, which reads back',
    async (name) => {
      const out = join(folder, name);
      await run(`--product-key pk --count 2500 --out ${out}`);
      expect(statSync(out).mode & 0o777).toBe(0o600);
      const { devices, problems } = await readDevices({ kind: 'file', file: out });
      expect(problems).toEqual([]);
      expect(devices.count).toBe(2500);
      expect(devices.deviceName(2499)).toBe('d002500');
    },
  );

  it('writes no list over another', async () => {
    const out = join(folder, 'precious.csv');
    writeFileSync(out, 'precious');
    await expect(run(`--product-key pk --count 1 --out ${out}`)).rejects.toMatchObject({ code: 'bad-input' });
    expect(readFileSync(out, 'utf8')).toBe('precious');
  });

  it('writes a .json file as one array', async () => {
    const out = join(folder, 'array.json');
    await run(`--product-key pk --count 3 --out ${out}`);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toHaveLength(3);
  });

  it('refuses a format that is not that of the file', async () => {
    const out = join(folder, 'x2.json');
    await expect(run(`--product-key pk --count 1 --format csv --out ${out}`)).rejects.toMatchObject({
      code: 'bad-input',
      problems: [{ file: '--format', message: 'csv does not go into a file named .json' }],
    });
    expect(existsSync(out)).toBe(false);
  });

  it('says which folder is not there, and what to do', async () => {
    const nowhere = join(folder, 'nowhere');
    const out = join(nowhere, 'x.csv');
    await expect(run(`--product-key pk --count 1 --out ${out}`)).rejects.toMatchObject({
      code: 'bad-input',
      problems: [{ file: out, message: `cannot be written: there is no folder ${nowhere}` }],
    });
  });

  it('has help that begins with capitals and does not break its example', async () => {
    const { text: help } = await run('--help');
    const texts = [...help.matchAll(/^ +(?:-\w, )?--[\w-]+ +(\S)/gm)].map(([, first]) => first);
    expect(texts.length).toBeGreaterThan(4);
    expect(texts.filter((first) => !/[A-Z]/.test(first!))).toEqual([]);
    expect(help).toMatch(/-o list\.csv +Names d000001 to d000050$/m);
  });

  it('takes --format where there is no file', async () => {
    const { text } = await run('--product-key pk --count 1 --format jsonl');
    expect(JSON.parse(text)).toMatchObject({ productKey: 'pk', deviceName: 'd000001' });
  });

  it.each([
    '--product-key pk --count 0',
    '--product-key pk --count 1.5',
    '--product-key pk --count x',
    '--product-key p|k --count 1',
    '--product-key pk --count 1 --prefix a/b',
    `--product-key ${'k'.repeat(60)} --count 1`,
    '--count 1',
    '--product-key pk --count 1 --format xml',
  ])('refuses %s', async (flags) => {
    const stdout = new SlowReader();
    await expect(run(flags, stdout)).rejects.toMatchObject({ code: 'bad-input' });
    expect(stdout.text).toBe('');
  });
});

it('makes no certificate where the list cannot be written, and no list where a certificate cannot', async () => {
  const [certificates, list] = [join(folder, 'certificates'), join(folder, 'certified.csv')];
  const flags = `--product-key pk --count 1 --certificates ${certificates} --out`;
  writeFileSync(list, 'mine\n');
  await expect(run(`${flags} ${list}`)).rejects.toMatchObject({ code: 'bad-input' });
  expect(existsSync(certificates)).toBe(false);
  rmSync(list);
  await run(`${flags} ${list}`);
  const other = join(folder, 'other.csv');
  await expect(run(`${flags} ${other}`)).rejects.toMatchObject({ code: 'bad-input' });
  expect(existsSync(other)).toBe(false);
  expect(statSync(list).mode & 0o777).toBe(0o600);
});
