/**
 * The outside form of a scenario, which the JSON schema for editors is made of, and its way to the inside form (scenario.ts). Defaults
 * are written as a user would write them.
 */
import { isIP } from 'node:net';
import * as z from 'zod';
import { CLIENTS } from '../../client/clients.ts';
import { duration, object, rule, text, wholeNumber } from '../../input/fields.ts';
import { nearest } from '../../input/nearest.ts';
import type { PublishDraft } from '../../load/behaviour/telemetry/settings/publish-schema.ts';
import { DEFAULT_PREFIX, MAX_GENERATED } from '../../model/devices/generated-devices.ts';
import { type DeviceSource, PROTOCOLS, type Scenario, type TlsOptions } from '../../model/scenario.ts';
import type { LoginMethod, Platform } from '../../platform/platform.ts';
import { PLATFORMS, platformOf } from '../../platform/platforms.ts';
import { checkMessage } from '../rules/platform-messages.ts';
import { parseTarget } from '../target.ts';
import { type AuthDraft, anyAuth, authOf, methodMeant } from './auth-schema.ts';
import { behaviourShape } from './behaviour-schemas.ts';
import { broker } from './broker-schema.ts';
import { connectOf, localAddresses, reconnectOf } from './connect-schema.ts';
import { thresholds } from './threshold-schema.ts';

const MAX_SEED = 2 ** 32 - 1;
const PLATFORM_NAMES = PLATFORMS.map(({ name }) => name);

const hostPart = z.string().regex(/^[A-Za-z0-9-]+$/, { error: 'is no id; letters, digits and - only' });

const targetOf = ({ credentials }: Platform) =>
  z.union(
    [
      z.string().transform((address, context): Scenario['target'] => {
        const found = parseTarget(address, credentials);
        if ('kind' in found) return found;
        context.addIssue({ code: 'custom', message: found.wrong, params: { hint: found.hint } });
        return z.NEVER;
      }),
      object({
        region: hostPart.meta({
          description: 'Of the Aliyun IoT Platform, for devices of its public instance',
        }),
        tls: z.boolean().prefault(true).meta({ description: 'false: plain TCP, and securemode 3' }),
      }).transform((value): Scenario['target'] => ({
        kind: 'region',
        ...value,
      })),
      object({
        instance: hostPart.meta({ description: 'Id of an instance of the Aliyun IoT Platform' }),
        tls: z.boolean().prefault(true).meta({ description: 'false: plain TCP, and securemode 3' }),
      }).transform((value): Scenario['target'] => ({ kind: 'instance', ...value })),
    ],
    { error: 'is no target; write embedded, a URL, { region: cn-shanghai } or { instance: iot-xxx }' },
  );

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
            'csv, json or jsonl with productKey, deviceName, deviceSecret [, clientId], or what platform: plain asks for; relative to the scenario',
        }),
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

/** Letters of any script: they are sent as they are. */
const HOST_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,252}$/u;

const tls = object({
  ca: text().min(1).optional().meta({ description: 'Certificate of the authority that signed the server’s' }),
  cert: text().min(1).optional().meta({ description: 'Certificate of the client' }),
  key: text().min(1).optional().meta({ description: 'Key of the client’s certificate' }),
  servername: text()
    .refine((name) => isIP(name) !== 0 || HOST_NAME.test(name), {
      error: 'is no host name; without a scheme and a port, e.g. iot.example.com',
    })
    .optional()
    .meta({ description: 'The name that the server’s certificate must have, when it is not the host’s' }),
  verify: z
    .boolean()
    .prefault(true)
    .meta({ description: 'false accepts any certificate: for private brokers only' }),
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

/** The scenario's name, which names a folder of reports. */
const name = z.string().regex(/^[^./\\\s\p{C}][^/\\\p{C}]{0,99}$/u, {
  error: 'cannot name a folder: up to 100 characters without / or \\, not beginning with a dot',
});

/** Messages, held against what the platform takes as well. */
function publishOn(platform: Platform) {
  const { publish } = behaviourShape;
  const check = rule<PublishDraft[]>((plans, complain) => {
    for (const [at, plan] of plans.entries())
      checkMessage(platform, plan, (path, ...what) => complain([at, ...path], ...what));
  });
  return publish.superRefine(check).meta(publish.meta() ?? {});
}

/** The keys of a scenario on that platform, `auth` as it is given. */
function keysOf<Form extends z.ZodType>(platform: Platform, method: Pick<LoginMethod, 'names'>, auth: Form) {
  return object({
    /** For editors; it has no effect. */
    $schema: text().optional().meta({ description: 'For editors; it has no effect' }),
    name: name
      .optional()
      .meta({ description: 'Names the report and its folder; the name of the file when absent' }),
    target: targetOf(platform).meta({
      description: `embedded (the stand-in that comes with the tool), a URL (${PROTOCOLS.map((protocol) => `${protocol}://`).join(' ')}), { region: cn-shanghai } or { instance: iot-xxx }`,
    }),
    platform: z
      .enum(PLATFORM_NAMES)
      .prefault(PLATFORMS[0].name)
      .meta({ description: 'Whose rules hold: Aliyun’s, or plain, any MQTT broker’s' }),
    tls: tls.prefault({}).meta({ description: 'Files are PEM, relative to the scenario' }),
    devices: deviceSourceOf(method).meta({
      description:
        '{ file: devices.csv }, or { generate: … } for the stand-in and for brokers that do not know each device',
    }),
    auth: auth.meta({
      description: 'How a device signs in: the name of a method, or its settings',
    }),
    client: z
      .enum(CLIENTS.map(({ name }) => name))
      .prefault(CLIENTS[0].name)
      .meta({ description: CLIENTS.map((each) => `${each.name} is ${each.is}`).join('; ') }),
    protocol: z
      .literal(['3.1.1', '5', 5])
      .transform((version): '3.1.1' | '5' => (version === '3.1.1' ? '3.1.1' : '5'))
      .prefault('3.1.1')
      .meta({ description: 'Version of MQTT' }),
    connect: connectOf(platform).prefault({}).meta({ description: 'When devices connect, and how' }),
    localAddresses: localAddresses.optional().meta({
      description: 'Addresses of this machine to connect from, in turn: about 28,000 connections each',
    }),
    reconnect: reconnectOf(platform)
      .prefault('off')
      .meta({ description: 'What a device does whose open connection was lost: off, or a policy' }),
    ...behaviourShape,
    publish: publishOn(platform),
    hold: duration().prefault('0s').meta({ description: 'After the last connect is due' }),
    gracefulStop: duration().prefault('5s').meta({ description: 'At the end, for what is still under way' }),
    thresholds: thresholds
      .prefault({})
      .meta({ description: 'What must hold for the run to pass, by metric; no data is never a pass' }),
    seed: wholeNumber(0, MAX_SEED).prefault(1).meta({ description: 'Of all that is drawn at random' }),
    broker: broker.prefault({}).meta({ description: 'How the embedded stand-in behaves' }),
  });
}

/**
 * A scenario of that platform whose devices sign in by that method. The output still lacks what depends on the file's name and on the
 * number of devices; its paths are still relative, and payloads may still be in their files.
 */
function schemaOf(platform: Platform, method: LoginMethod) {
  return keysOf(platform, method, authOf(platform, method)).transform(
    ({ hold, gracefulStop, reconnect, auth, $schema: _, ...rest }) => ({
      ...rest,
      ...auth,
      ...(reconnect === undefined ? {} : { reconnect }),
      holdUs: hold,
      gracefulStopUs: gracefulStop,
    }),
  );
}

export type ScenarioDraft = z.output<ReturnType<typeof schemaOf>>;

const SCHEMAS = new Map<LoginMethod, ReturnType<typeof schemaOf>>();

/** The schema of a scenario by what it says of its platform and of its way to sign in, before it is known to be sound. */
export function schemaFor(value: unknown): ReturnType<typeof schemaOf> {
  const { platform, method } = meantBy(value);
  const schema = SCHEMAS.get(method) ?? schemaOf(platform, method);
  SCHEMAS.set(method, schema);
  return schema;
}

/** `given` is empty where the scenario's `auth` is not sound. */
export function meantBy(value: unknown): {
  platform: Platform;
  method: LoginMethod;
  given: AuthDraft['given'];
} {
  const { auth, platform: name } = (value ?? {}) as { auth?: unknown; platform?: unknown };
  const platform = platformOf(typeof name === 'string' ? { platform: nearest(name, PLATFORM_NAMES) } : {});
  const method = methodMeant(platform, auth);
  return { platform, method, given: authOf(platform, method).safeParse(auth).data?.given ?? {} };
}

/** The schema of scenarios of any platform: what an editor is told. */
export const editorSchema = keysOf(PLATFORMS[0], { names: [] }, anyAuth());
