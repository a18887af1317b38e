/** A list whose devices have files of their own, each of which is looked at: that takes a millisecond a device. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aliyun } from '../../../../src/platform/aliyun/aliyun.ts';
import { aliyunX509 } from '../../../../src/platform/aliyun/login/x509.ts';
import { readDevices } from '../../../../src/scenario/devices/device-list.ts';
import { listFormOf } from '../../../../src/scenario/devices/list-form.ts';
import { temporaryFolder } from '../../../support/cli.ts';

const COUNT = 2_000;
const ROWS = Array.from({ length: COUNT }, (_, at) => ['pk', `d${at}`, `certificates/d${at}.pem`, `k${at}`]);
const NAMES = ['productKey', 'deviceName', 'cert', 'key'];
const OBJECTS = ROWS.map((row) =>
  JSON.stringify(Object.fromEntries(row.map((value, at) => [NAMES[at], value]))),
);

it.each([
  ['list.csv', [NAMES.join(), ...ROWS.map((row) => row.join()), ''].join('\n')],
  ['list.jsonl', OBJECTS.join('\n')],
  ['list.json', `[${OBJECTS.join()}]`],
])('%s is read in many turns of the event loop, so that a signal is heard meanwhile', async (name, text) => {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text, { mode: 0o600 });
  const looked: number[] = [];
  let inTurn = 0;
  const trouble = (): undefined => void inTurn++;
  const form = listFormOf(aliyun, { ...aliyunX509, trouble }, {});
  let isOver = false;
  const turn = (): void => {
    looked.push(inTurn);
    inTurn = 0;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const { devices, problems } = await readDevices({ kind: 'file', file }, { form });
  isOver = true;
  await new Promise((resolve) => setImmediate(resolve));
  expect([devices.count, problems]).toEqual([COUNT, []]);
  expect(looked.reduce((sum, each) => sum + each)).toBe(COUNT);
  expect(Math.max(...looked)).toBeLessThan(COUNT / 4);
});
