/** What a message holds, as the outside form has it. */
import * as z from 'zod';
import { object, rule, size, text } from '../../../../input/fields.ts';
import type { PayloadSpec, SizeDistribution } from '../../../../model/scenario.ts';
import { HEADER_BYTES } from '../delivery/message-header.ts';
import { checkTemplate } from './message-rules.ts';

/** A weight is a share of the sum of all, which must stay a number. */
const MAX_WEIGHT = 1e9;

/** `file` is relative to the scenario still; its text becomes the template. */
export type PayloadDraft = PayloadSpec | { kind: 'file'; file: string };

const bytes = () =>
  size().refine((value) => value >= HEADER_BYTES, {
    error: `is below ${HEADER_BYTES}B, which the header of a sized message takes`,
  });

const range = object({
  min: bytes().meta({ description: 'At least' }),
  max: bytes().meta({ description: 'At most' }),
}).superRefine(
  rule((value, complain) => {
    if (value.max < value.min) complain(['max'], 'is below min');
  }),
);

const part = object({
  size: bytes().meta({ description: 'Of this share of the messages' }),
  weight: z
    .number()
    .positive({ error: 'is not above 0' })
    .max(MAX_WEIGHT)
    .meta({ description: 'A share of the sum of all weights' }),
}).transform((value) => ({ bytes: value.size, weight: value.weight }));

const sizes = z.union(
  [
    bytes().transform((value): SizeDistribution => ({ kind: 'fixed', bytes: value })),
    range.transform(({ min, max }): SizeDistribution => ({ kind: 'uniform', minBytes: min, maxBytes: max })),
    z
      .array(part)
      .min(1, { error: 'has no size' })
      .transform((parts): SizeDistribution => ({ kind: 'weighted', parts })),
  ],
  { error: 'is not a size; write e.g. 256B, { min: 64B, max: 1KB } or [{ size: 64B, weight: 90 }, …]' },
);

export const payload = z.union(
  [
    object({
      template: text().superRefine(rule(checkTemplate)).meta({
        description:
          'With ${seq} (per device, from 1), ${timestamp} (epoch ms), ${random} (0 … 1), ${device} (index in the list), ${productKey}, ${deviceName}, ${clientId}',
      }),
    }).transform((value): PayloadDraft => ({ kind: 'template', ...value })),
    object({
      file: text().min(1).meta({ description: 'A template in a file beside the scenario' }),
    }).transform((value): PayloadDraft => ({ kind: 'file', ...value })),
    object({
      size: sizes.meta({
        description:
          'A header for end-to-end figures, then filler, at least 32B: 256B, { min: 64B, max: 1KB } or a list of { size, weight }',
      }),
    }).transform((value): PayloadDraft => ({ kind: 'size', sizes: value.size })),
  ],
  {
    error: 'is no payload; write { template: \'{"id":"${seq}"}\' } or { size: 256B } or { file: body.json }',
  },
);
