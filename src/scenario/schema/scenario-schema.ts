/**
 * The outside form of a scenario, which the JSON schema for editors is made of, and its way to the inside form (scenario.ts). Defaults
 * are written as a user would write them.
 */
import { isIP } from 'node:net';
import * as z from 'zod';
import { duration, object, rule, text, wholeNumber } from '../../input/fields.ts';
import { DEFAULT_PREFIX, MAX_GENERATED } from '../../model/devices/generated-devices.ts';
import type { DeviceSource, Scenario, TlsOptions } from '../../model/scenario.ts';
import { CLIENT_KINDS, SIGNMETHODS } from '../../model/scenario.ts';
import { parseTarget } from '../target.ts';
import { behaviourShape } from './behaviour-schemas.ts';
import { broker } from './broker-schema.ts';
import { connect, localAddresses, reconnect } from './connect-schema.ts';
import { thresholds } from './threshold-schema.ts';

const MAX_SEED = 2 ** 32 - 1;

const hostPart = z.string().regex(/^[A-Za-z0-9-]+$/, { error: 'is no id; letters, digits and - only' });

const target = z.union(
  [
    z.string().transform((address, context): Scenario['target'] => {
      const found = parseTarget(address);
      if ('kind' in found) return found;
      context.addIssue({ code: 'custom', message: found.wrong, params: { hint: found.hint } });
      return z.NEVER;
    }),
    object({ region: hostPart, tls: z.boolean().prefault(true) }).transform((value): Scenario['target'] => ({
      kind: 'region',
      ...value,
    })),
    object({ instance: hostPart, tls: z.boolean().prefault(true) }).transform(
      (value): Scenario['target'] => ({ kind: 'instance', ...value }),
    ),
  ],
  { error: 'is no target; write embedded, a URL, { region: cn-shanghai } or { instance: iot-xxx }' },
);

const generate = object({
  productKey: text(),
  count: wholeNumber(1, MAX_GENERATED),
  prefix: text().prefault(DEFAULT_PREFIX),
});

export const deviceSource = z.union(
  [
    object({ file: text().min(1), count: wholeNumber(1).optional() }).transform(
      (value): DeviceSource => ({ kind: 'file', ...value }),
    ),
    object({ generate, count: wholeNumber(1).optional() })
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
          count: value.count ?? value.generate.count,
        }),
      ),
  ],
  {
    error:
      'is no source of devices; write { file: devices.csv } or { generate: { productKey: pk, count: 200 } }',
  },
);

const auth = object({
  signmethod: z.enum(SIGNMETHODS).prefault('hmacsha1'),
  timestamp: z
    .union([z.enum(['now', 'omit']), wholeNumber(0)], {
      error: 'is no timestamp; write now, omit or a number of ms',
    })
    .prefault('now'),
});

/** Letters of any script: they are sent as they are. */
const HOST_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,252}$/u;

const tls = object({
  ca: text().min(1).optional(),
  cert: text().min(1).optional(),
  key: text().min(1).optional(),
  servername: text()
    .refine((name) => isIP(name) !== 0 || HOST_NAME.test(name), {
      error: 'is no host name; without a scheme and a port, e.g. iot.example.com',
    })
    .optional(),
  verify: z.boolean().prefault(true),
})
  .superRefine(
    rule((value, complain) => {
      if (value.cert !== undefined && value.key === undefined) complain(['cert'], 'needs its key', 'tls.key');
      if (value.key !== undefined && value.cert === undefined)
        complain(['key'], 'needs its certificate', 'tls.cert');
    }),
  )
  .transform(
    ({ ca, cert, key, servername, verify }): TlsOptions => ({
      ...(ca === undefined ? {} : { caFile: ca }),
      ...(cert === undefined ? {} : { certFile: cert }),
      ...(key === undefined ? {} : { keyFile: key }),
      ...(servername === undefined ? {} : { servername }),
      verify,
    }),
  );

/** It names a folder of reports. */
const name = z.string().regex(/^[^./\\\s\p{C}][^/\\\p{C}]{0,99}$/u, {
  error: 'cannot name a folder: up to 100 characters without / or \\, not beginning with a dot',
});

/** The output still lacks what depends on the file's name and on the number of devices; its paths are still relative, and payloads may
 * still be in their files. */
export const scenarioSchema = object({
  /** For editors; it has no effect. */
  $schema: text().optional(),
  name: name.optional(),
  target,
  tls: tls.prefault({}),
  devices: deviceSource,
  auth: auth.prefault({}),
  client: z.enum(CLIENT_KINDS).prefault('mqtt'),
  protocol: z
    .literal(['3.1.1', '5', 5])
    .transform((version): '3.1.1' | '5' => (version === '3.1.1' ? '3.1.1' : '5'))
    .prefault('3.1.1'),
  connect: connect.prefault({}),
  localAddresses: localAddresses.optional(),
  reconnect: reconnect.prefault('off'),
  ...behaviourShape,
  hold: duration().prefault('0s'),
  gracefulStop: duration().prefault('5s'),
  thresholds: thresholds.prefault({}),
  seed: wholeNumber(0, MAX_SEED).prefault(1),
  broker: broker.prefault({}),
}).transform(({ hold, gracefulStop, reconnect, $schema: _, ...rest }) => ({
  ...rest,
  ...(reconnect === undefined ? {} : { reconnect }),
  holdUs: hold,
  gracefulStopUs: gracefulStop,
}));

export type ScenarioDraft = z.output<typeof scenarioSchema>;
