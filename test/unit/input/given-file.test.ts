import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGivenFile, readGivenText, troubleOf } from '../../../src/input/given-file.ts';
import { FleetError, formatProblem } from '../../../src/model/errors.ts';
import { readDevices } from '../../../src/scenario/devices/device-list.ts';
import { readScenario } from '../../../src/scenario/scenario-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-'));
const at = (name: string): string => join(folder, name);
const server = createServer();

beforeAll(async () => {
  for (const name of ['pipe', 'pipe.csv', 'pipe.json', 'pipe.jsonl', 'pipe.yaml'])
    execFileSync('mkfifo', [at(name)]);
  mkdirSync(at('folder'));
  writeFileSync(at('small'), 'abc');
  writeFileSync(at('latin1'), Buffer.from([0x61, 0xe4, 0x62]));
  writeFileSync(at('marked'), '\ufeffabc');
  writeFileSync(at('utf16'), Buffer.from('\ufeffabc', 'utf16le'));
  symlinkSync('loop', at('loop'));
  await new Promise<void>((done) => server.listen(at('socket'), done));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe('only a regular file is read', () => {
  it.each([
    ['nowhere', 'is not there'],
    ['small/x', 'is not there'],
    ['folder', 'is a folder'],
    ['pipe', 'is a pipe'],
    ['socket', 'is a socket'],
    ['/dev/zero', 'is a device'],
    ['loop', 'is a link to itself'],
    ['x'.repeat(300), 'has a name that is too long'],
    ['a\0b', 'has a NUL byte in its name'],
  ])('%s', async (name, wrong) => {
    expect(await readGivenFile(name.startsWith('/') ? name : at(name), 10)).toMatchObject({ wrong });
  });

  it('and one that may be read', () => {
    const refused = Object.assign(new Error('EACCES: /a/path'), { code: 'EACCES' });
    expect(troubleOf(refused)).toMatchObject({ wrong: 'may not be read' });
    expect(() => troubleOf(new TypeError('a fault of ours'))).toThrow('a fault of ours');
  });

  it('and up to a bound, though the file system gives no size', async () => {
    expect(await readGivenFile(at('small'), 3)).toEqual({ content: Buffer.from('abc') });
    expect(await readGivenFile(at('small'), 2)).toMatchObject({ wrong: expect.stringContaining('is over') });
    expect(await readGivenFile('/proc/self/status', 16)).toMatchObject({
      wrong: expect.stringContaining('is over'),
    });
  });

  it('and as a text in UTF-8', async () => {
    expect(await readGivenText(at('marked'), 10)).toEqual({ text: 'abc' });
    expect(await readGivenText(at('latin1'), 10)).toMatchObject({ wrong: 'is not a text in UTF-8' });
    expect(await readGivenText(at('utf16'), 10)).toMatchObject({ wrong: 'is UTF-16' });
  });
});

/** As one text; anything thrown but a bad-input is passed on. */
async function refusal(file: string, text?: string): Promise<string> {
  if (text !== undefined) writeFileSync(file, text);
  try {
    await readScenario(file, { env: {} });
    return '';
  } catch (error) {
    if (!(error instanceof FleetError) || error.code !== 'bad-input') throw error;
    return error.problems.map(formatProblem).join('\n');
  }
}

describe('wherever a file is named, a pipe that nobody writes to is no file', () => {
  it('as the scenario', async () => {
    expect(await refusal(at('pipe.yaml'))).toBe(
      `${at('pipe.yaml')}: the scenario is a pipe (name a regular file)`,
    );
    expect(await refusal('/dev/zero')).toBe('/dev/zero: the scenario is a device (name a regular file)');
    expect(await refusal('-')).toContain('not from standard input');
    expect(await refusal(at('utf16'))).toContain('the scenario is UTF-16 (save it as UTF-8)');
  });

  it.each(['pipe.csv', 'pipe.json', 'pipe.jsonl'])('as the device list %s', async (name) => {
    const { problems } = await readDevices({ kind: 'file', file: at(name) });
    expect(problems.map(formatProblem)).toEqual([
      `${at(name)}: the device list ${at(name)} is a pipe (name a regular file)`,
    ]);
  });

  it('as payload, CA, certificate, key and list of the stand-in, all at once', async () => {
    const text = `target: embedded
devices: { generate: { productKey: pk, count: 1 } }
tls: { ca: pipe, cert: pipe, key: folder }
broker: { devices: pipe.csv }
publish: [{ topic: a, every: 1s, payload: { file: pipe } }]
`;
    const said = await refusal(at('all.yaml'), text);
    expect(said.replaceAll(`${at('all.yaml')}:`, '').split('\n')).toEqual([
      '3:12: "pipe" is a pipe (name a regular file)',
      '3:24: "pipe" is a pipe (name a regular file)',
      '3:35: "folder" is a folder (name a regular file)',
      '4:20: "pipe.csv" is a pipe (name a regular file)',
      '5:51: "pipe" is a pipe (name a regular file)',
    ]);
  });
});
