import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDevices } from '../../../../src/scenario/devices/device-list.ts';
import {
  readProducts,
  TO_REGISTER_FORM,
  UNREGISTERED_FORM,
} from '../../../../src/scenario/devices/registration-lists.ts';
import { temporaryFolder } from '../../../support/cli.ts';

function fileOf(text: string, name = 'list.csv'): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

it('products have a secret each, and are switched on where nothing is said', async () => {
  const file = fileOf('ProductKey,ProductSecret,registration\npk1,s1,\npk2,s2,off\npk3,s3,on\n');
  const { products, problems } = await readProducts(file);
  expect(problems).toEqual([]);
  expect([...products]).toEqual([
    ['pk1', { productSecret: 's1', isRegistrationOn: true }],
    ['pk2', { productSecret: 's2', isRegistrationOn: false }],
    ['pk3', { productSecret: 's3', isRegistrationOn: true }],
  ]);
});

it('products may be JSON', async () => {
  const { products } = await readProducts(fileOf('[{"productKey":"pk","productSecret":"s"}]', 'list.json'));
  expect(products.get('pk')).toEqual({ productSecret: 's', isRegistrationOn: true });
});

it.each<[string, string, string]>([
  ['a missing column', 'productKey\npk1\n', 'the column productSecret is missing'],
  ['an empty secret', 'productKey,productSecret\npk1,\n', 'productSecret is empty'],
  ['a product twice', 'productKey,productSecret\npk1,s\npk1,s\n', 'already on line 2'],
  ['a switch of a third kind', 'productKey,productSecret,registration\npk1,s,yes\n', 'neither on nor off'],
])('products have a problem with %s', async (_what, text, message) => {
  const { problems } = await readProducts(fileOf(text));
  expect(problems.map((problem) => problem.message).join()).toContain(message);
});

it('devices that register need names alone', async () => {
  const { devices, problems } = await readDevices(
    { kind: 'file', file: fileOf('productKey,deviceName,productSecret\npk,d1,s\npk,d2,\n') },
    { form: TO_REGISTER_FORM },
  );
  expect(problems).toEqual([]);
  expect([devices.loginColumn(0, 0), devices.loginColumn(1, 0)]).toEqual(['s', '']);
  const bare = await readDevices(
    { kind: 'file', file: fileOf('deviceName\nd1\n') },
    { form: TO_REGISTER_FORM },
  );
  expect(bare.problems.map(({ message }) => message)).toEqual(['the column productKey is missing']);
});

it('the stand-in’s devices may lack their secrets where they register', async () => {
  const source = {
    kind: 'file',
    file: fileOf('productKey,deviceName,deviceSecret\npk,d1,s\npk,d2,\n'),
  } as const;
  const { devices, problems } = await readDevices(source, { form: UNREGISTERED_FORM });
  expect(problems).toEqual([]);
  expect([devices.loginColumn(0, 0), devices.loginColumn(1, 0)]).toEqual(['s', '']);
  expect((await readDevices(source)).problems.map(({ message }) => message)).toEqual([
    'deviceSecret is empty',
  ]);
});
