/** A list of devices is the same list in whatever form somebody saved it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { readDevices } from '../../../src/scenario/devices/device-list.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Row {
  productKey: string;
  deviceName: string;
  deviceSecret: string;
}

/** What a name may be of: with the separators and quotes of every dialect, which are quoted there. */
const field = fc
  .string({ unit: fc.constantFrom(...'abz09-_.:@;,\t"传感器é '), minLength: 1, maxLength: 12 })
  .map((text) => `x${text.replaceAll('\t', '')}y`);
const rows = fc.uniqueArray(fc.record<Row>({ productKey: field, deviceName: field, deviceSecret: field }), {
  minLength: 1,
  maxLength: 6,
  selector: ({ productKey, deviceName }) => `${productKey}\n${deviceName}`,
});

const NAMES = {
  productKey: ['productKey', 'ProductKey', 'product_key', ' PRODUCT KEY ', '产品Key'],
  deviceName: ['deviceName', 'DeviceName', 'device_name', '设备名称'],
  deviceSecret: ['deviceSecret', 'DeviceSecret', 'device-secret', '设备密钥', '设备证书'],
} as const;
const header = fc.record({
  productKey: fc.constantFrom(...NAMES.productKey),
  deviceName: fc.constantFrom(...NAMES.deviceName),
  deviceSecret: fc.constantFrom(...NAMES.deviceSecret),
});

const csv = fc.record({
  separator: fc.constantFrom(',', ';', '\t', '|'),
  newline: fc.constantFrom('\n', '\r\n'),
  columns: fc.shuffledSubarray(['productKey', 'deviceName', 'deviceSecret'] as const, { minLength: 3 }),
  isNamed: fc.boolean(),
  hasBom: fc.boolean(),
  isQuoted: fc.boolean(),
  emptyRows: fc.nat(2),
});

const read = async (name: string, content: string) => {
  const file = join(folder, name);
  writeFileSync(file, content, { mode: 0o600 });
  const { devices, problems } = await readDevices({ kind: 'file', file });
  expect(problems).toEqual([]);
  return Array.from({ length: devices.count }, (_, row): Row => {
    const { productKey, deviceName, deviceSecret } = devices.triple(row);
    return { productKey, deviceName, deviceSecret };
  });
};

it('as CSV of any dialect', async () => {
  const check = async (
    list: Row[],
    names: Row,
    form: typeof csv extends fc.Arbitrary<infer T> ? T : never,
  ) => {
    const { separator, newline, columns, isNamed, hasBom, isQuoted, emptyRows } = form;
    const cell = (text: string): string =>
      isQuoted || /[",;\t|]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const line = (row: Row): string => columns.map((name) => cell(row[name])).join(separator);
    const lines = [...(isNamed ? [`sep=${separator}`] : []), line(names), ...list.map(line)];
    const empty = Array.from({ length: emptyRows }, () => columns.map(() => '').join(separator));
    const text = (hasBom ? '\ufeff' : '') + [...lines, ...empty].join(newline);
    expect(await read('list.csv', text)).toEqual(list);
    expect(await read('list.txt', text)).toEqual(list);
  };
  await fc.assert(fc.asyncProperty(rows, header, csv, check));
});

it('as JSON of any wrapping', async () => {
  const wrap = fc.constantFrom<(devices: object[]) => unknown>(
    (devices) => devices,
    (devices) => ({ Success: true, Data: { DeviceInfo: devices } }),
    (devices) => ({ code: 200, data: { total: devices.length, items: devices } }),
    (devices) => ({ ApplyDeviceList: { ApplyDeviceInfo: devices }, RequestId: 'x' }),
    (devices) => (devices.length === 1 ? devices[0] : devices),
  );
  const check = async (list: Row[], names: Row, around: (devices: object[]) => unknown, indent: number) => {
    const devices = list.map((row) => ({
      [names.productKey]: row.productKey,
      IotId: 'z',
      [names.deviceName]: row.deviceName,
      [names.deviceSecret]: row.deviceSecret,
    }));
    expect(await read('list.json', JSON.stringify(around(devices), undefined, indent))).toEqual(list);
    expect(await read('list.jsonl', devices.map((each) => JSON.stringify(each)).join('\n'))).toEqual(list);
  };
  await fc.assert(fc.asyncProperty(rows, header, wrap, fc.nat(2), check));
});
