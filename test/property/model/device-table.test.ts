import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DeviceTableBuilder } from '../../../src/model/devices/device-table.ts';
import { cases } from '../../support/cases.ts';

/** ASCII as most names are, or any code points: an offset is one in bytes and not one in characters then. */
const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_@.:-]{1,32}$/),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 32 }),
);
const secret = fc.string({ unit: 'binary', minLength: 1, maxLength: 64 });
const row = fc.tuple(name, name, secret, fc.oneof(fc.constant(''), name));

it('a triple for signing is the triple, its secret as bytes', () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
      const builder = new DeviceTableBuilder(0);
      for (const fields of rows) builder.add(...fields);
      const table = builder.build();
      for (const [index, [productKey, deviceName, deviceSecret, clientId]] of rows.entries()) {
        const expected = {
          productKey,
          deviceName,
          deviceSecret,
          clientId: clientId || `${productKey}.${deviceName}`,
        };
        expect(table.triple(index)).toEqual(expected);
        const bytes = table.secret(index);
        expect({ ...table.identity(index), deviceSecret: bytes.toString('utf8') }).toEqual(expected);
        expect(bytes).toBeInstanceOf(Buffer);
      }
    }),
    cases(3),
  );
});
