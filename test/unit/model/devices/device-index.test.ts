import { describe, expect, it } from 'vitest';
import { DeviceIndex } from '../../../../src/model/devices/device-index.ts';
import { DeviceTable, DeviceTableBuilder } from '../../../../src/model/devices/device-table.ts';
import { generateDevices } from '../../../../src/model/devices/generated-devices.ts';

describe('DeviceTable', () => {
  it('gives back what was put in, also in another thread’s view of the memory', () => {
    const builder = new DeviceTableBuilder(0);
    for (let row = 0; row < 3000; row++)
      builder.add(`pk${row}`, `设备-${row}`, `secret${row}`, row % 2 ? `id${row}` : '');
    const table = new DeviceTable(builder.build().shared);
    expect(table.count).toBe(3000);
    expect(table.triple(2999)).toEqual({
      productKey: 'pk2999',
      deviceName: '设备-2999',
      deviceSecret: 'secret2999',
      clientId: 'id2999',
    });
    expect(table.clientId(0)).toBe('pk0.设备-0');
  });
});

describe('DeviceIndex', () => {
  it('finds every row of a table that made it grow, and no other device', () => {
    const table = generateDevices('pk', 5000, 'd');
    const rows = Array.from({ length: table.count }, (_, row) => row);
    const index = new DeviceIndex(table);
    expect(rows.filter((row) => index.add(row) !== -1)).toEqual([]);
    expect(rows.filter((row) => index.find('pk', table.deviceName(row)) !== row)).toEqual([]);
    expect(index.find('pk', 'd005001')).toBe(-1);
    expect(index.find('kp', 'd000001')).toBe(-1);
    expect(index.find('', '')).toBe(-1);
  });

  it('tells where productKey ends and deviceName begins', () => {
    const builder = new DeviceTableBuilder();
    builder.add('ab', 'c', 's1');
    builder.add('a', 'bc', 's2');
    const index = DeviceIndex.of(builder.build());
    expect(index.find('ab', 'c')).toBe(0);
    expect(index.find('a', 'bc')).toBe(1);
    expect(index.find('abc', '')).toBe(-1);
  });

  it('tells apart all the ways to cut one text in two, which are neighbours in the hash', () => {
    const text = 'ab'.repeat(350);
    const builder = new DeviceTableBuilder();
    const index = new DeviceIndex(builder);
    const rows = Array.from({ length: text.length + 1 }, (_, at) =>
      builder.add(text.slice(0, at), text.slice(at), 's'),
    );
    expect(rows.filter((row) => index.add(row) !== -1)).toEqual([]);
    expect(rows.filter((row) => index.find(text.slice(0, row), text.slice(row)) !== row)).toEqual([]);
  });

  it('names the first row of two, and keeps it', () => {
    const builder = new DeviceTableBuilder();
    builder.add('pk', 'd1', 'one');
    builder.add('pk', 'd2', 'two');
    builder.add('pk', 'd1', 'three');
    const index = new DeviceIndex(builder);
    expect([index.add(0), index.add(1), index.add(2)]).toEqual([-1, -1, 0]);
    expect(index.find('pk', 'd1')).toBe(0);
  });
});
