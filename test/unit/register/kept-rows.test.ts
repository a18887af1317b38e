import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type KeptRows, readKeptRows } from '../../../src/register/kept-rows.ts';
import { TriplesFile } from '../../../src/register/triples-file.ts';
import { temporaryFolder } from '../../support/cli.ts';

/** Of a list that is not there yet. */
const NOTHING = { soundBytes: 0, fileBytes: 0 };
const HEADER = 'productKey,deviceName,deviceSecret\n';

function fileOf(text: string): string {
  const file = join(temporaryFolder(), 'triples.csv');
  writeFileSync(file, text);
  return file;
}

async function kept(text: string): Promise<KeptRows> {
  const read = await readKeptRows(fileOf(text), 'secret');
  if (Array.isArray(read)) throw new Error(JSON.stringify(read));
  return read;
}

it.each<[string, string, number, boolean]>([
  ['nothing', '', 0, false],
  ['half a header', 'productKey,dev', 0, true],
  ['a header without its end', HEADER.trimEnd(), 0, true],
  ['a header', HEADER, 0, false],
  ['rows', `${HEADER}pk,d1,s1\npk,d2,s2\n`, 2, false],
  ['half a row after rows', `${HEADER}pk,d1,s1\npk,d2,s`, 1, true],
  ['zeros after rows, as of a power cut', `${HEADER}pk,d1,s1\n\0\0\0\0`, 1, true],
])('finds the whole rows of a list with %s', async (_what, text, count, isTorn) => {
  const rows = await kept(text);
  expect([rows.count, rows.isTorn]).toEqual([count, isTorn]);
  expect(rows.soundBytes).toBe(text.lastIndexOf('\n') + 1);
  expect([rows.has('pk', 'd1'), rows.has('pk', 'd2')]).toEqual([count > 0, count > 1]);
});

it('knows devices whose names are in quotes', async () => {
  const file = fileOf('');
  const list = await TriplesFile.open(file, 'secret', NOTHING);
  await list.append(['pk', 'a "b", c', 's1']);
  await list.close();
  expect(readFileSync(file, 'utf8')).toBe(`${HEADER}pk,"a ""b"", c",s1\n`);
  expect((await readKeptRows(file, 'secret')) as KeptRows).toMatchObject({ count: 1 });
  expect(((await readKeptRows(file, 'secret')) as KeptRows).has('pk', 'a "b", c')).toBe(true);
});

it.each<[string, string, string]>([
  ['another text', 'shopping: milk\n', 'is no list that this command has written'],
  ['another text without a line', 'shopping', 'is no list that this command has written'],
  ['a list of other columns', 'deviceName,productKey,deviceSecret\n', 'is no list that this command'],
  ['tokens', 'productKey,deviceName,clientId,deviceToken\n', 'holds what came of --method mqtt-nwl'],
  ['a row too short', `${HEADER}pk,d1\npk,d2,s2\n`, 'is no row of such a list'],
  ['an empty secret', `${HEADER}pk,d1,\n`, 'is no row of such a list'],
  ['an empty line', `${HEADER}pk,d1,s1\n\n`, 'is no row of such a list'],
  ['a device twice', `${HEADER}pk,d1,SECRET\npk,d1,SECRET\n`, 'is a device again'],
  ['an open quote', `${HEADER}pk,"d1,SECRET\n`, 'is no CSV'],
])('is told of %s, and shows nothing of it', async (_what, text, message) => {
  const problems = await readKeptRows(fileOf(text), 'secret');
  expect(JSON.stringify(problems)).toContain(message);
  expect(JSON.stringify(problems)).not.toMatch(/SECRET|milk|shopping/);
});

it('is told the line', async () => {
  const file = fileOf(`${HEADER}pk,d1,s1\npk,d2\n`);
  expect(await readKeptRows(file, 'secret')).toMatchObject([{ file, line: 3 }]);
});

it('is told of a folder', async () => {
  const folder = join(temporaryFolder(), 'x.csv');
  mkdirSync(folder);
  expect(await readKeptRows(folder, 'secret')).toMatchObject([{ message: 'the list to write is a folder' }]);
});

it('goes on after the whole rows, and is for its owner alone', async () => {
  const file = join(temporaryFolder(), 'triples.csv');
  const first = await TriplesFile.open(file, 'secret', NOTHING);
  await Promise.all([first.append(['pk', 'd1', 's1']), first.append(['pk', 'd2', 's2'])]);
  await first.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, 'pk,d3,s', { flag: 'a' });
  const second = await TriplesFile.open(file, 'secret', (await readKeptRows(file, 'secret')) as KeptRows);
  await second.append(['pk', 'd3', 's3']);
  await second.close();
  expect(readFileSync(file, 'utf8')).toBe(`${HEADER}pk,d1,s1\npk,d2,s2\npk,d3,s3\n`);
});

it('writes nothing more after a row that could not be written', async () => {
  const list = await TriplesFile.open(join(temporaryFolder(), 'triples.csv'), 'secret', NOTHING);
  await list.close();
  const failures = await Promise.allSettled([
    list.append(['pk', 'd1', 's1']),
    list.append(['pk', 'd2', 's2']),
  ]);
  const later = await list.append(['pk', 'd3', 's3']).catch((error: unknown) => error);
  expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(later).toMatchObject({
    code: 'report-not-written',
    message: expect.stringContaining('could not write'),
  });
});

it('cuts nothing off that another command has written since the list was read', async () => {
  const file = join(temporaryFolder(), 'triples.csv');
  const read = (await readKeptRows(file, 'secret')) as KeptRows;
  const other = await TriplesFile.open(file, 'secret', read);
  await other.append(['pk', 'd1', 'a']);
  await other.close();
  await expect(TriplesFile.open(file, 'secret', read)).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('run the same command again'),
  });
  expect(readFileSync(file, 'utf8')).toBe('productKey,deviceName,deviceSecret\npk,d1,a\n');
});
