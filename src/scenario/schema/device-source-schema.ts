/** The outside form of `devices`: a list in a file, or devices that are made up. */
import * as z from 'zod';
import { object, rule, text, wholeNumber } from '../../input/fields.ts';
import { DEFAULT_PREFIX, MAX_GENERATED } from '../../model/devices/generated-devices.ts';
import type { DeviceSource } from '../../model/scenario.ts';
import type { LoginMethod } from '../../platform/login-method.ts';

const generateOf = ({ names }: Pick<LoginMethod, 'names'>) => {
  const productKey = text().meta({
    description: 'The ProductKey of all of them, which Aliyun’s devices must have',
  });
  return object({
    productKey: names.includes('productKey') ? productKey : productKey.optional(),
    count: wholeNumber(1, MAX_GENERATED).meta({ description: 'How many' }),
    prefix: text()
      .prefault(DEFAULT_PREFIX)
      .meta({ description: 'What their names begin with; a number follows' }),
  });
};

export const deviceSourceOf = (method: Pick<LoginMethod, 'names'>) =>
  z.union(
    [
      object({
        file: text().min(1).meta({
          description:
            'csv, txt, json or jsonl with productKey, deviceName, deviceSecret [, clientId], or what platform: plain asks for; relative to the scenario',
        }),
        productKey: text()
          .min(1)
          .optional()
          .meta({ description: 'The ProductKey of devices whose row has none' }),
        count: wholeNumber(1).optional().meta({ description: 'The first so many; all of them when absent' }),
      }).transform((value): DeviceSource => ({ kind: 'file', ...value })),
      object({
        generate: generateOf(method).meta({
          description: 'Devices that are made up, with secrets made of their names',
        }),
        count: wholeNumber(1).optional().meta({ description: 'The first so many; all of them when absent' }),
      })
        .superRefine(
          rule((value, complain) => {
            if (value.count === undefined || value.count <= value.generate.count) return;
            complain(['count'], 'is more than are generated', `generate.count is ${value.generate.count}`);
          }),
        )
        .transform(
          (value): DeviceSource => ({
            kind: 'generate',
            ...value.generate,
            productKey: value.generate.productKey ?? '',
            count: value.count ?? value.generate.count,
          }),
        ),
    ],
    {
      error:
        'is no source of devices; write { file: devices.csv } or { generate: { productKey: pk, count: 200 } }',
    },
  );
