/**
 * The outside form of a scenario, which the JSON schema for editors is made of, and its way to the inside form (scenario.ts). Defaults
 * are written as a user would write them.
 */
import * as z from 'zod';
import { CLIENTS } from '../../client/clients.ts';
import { duration, object, rule, text, wholeNumber } from '../../input/fields.ts';
import { nearest } from '../../input/nearest.ts';
import type { PublishDraft } from '../../load/behaviour/telemetry/settings/publish-schema.ts';
import { PROTOCOLS } from '../../model/scenario.ts';
import type { LoginMethod } from '../../platform/login-method.ts';
import type { Platform } from '../../platform/platform.ts';
import { PLATFORMS, platformOf, withColumns } from '../../platform/platforms.ts';
import { checkMessage } from '../rules/platform-messages.ts';
import { type AuthDraft, anyAuth, authOf, methodMeant } from './auth-schema.ts';
import { behaviourShape } from './behaviour-schemas.ts';
import { broker } from './broker-schema.ts';
import { connectOf, localAddresses, reconnectOf } from './connect-schema.ts';
import { deviceSourceOf } from './device-source-schema.ts';
import { checkSession, sessionOf, sessionShape } from './session-schema.ts';
import { targetOf } from './target-schema.ts';
import { thresholds } from './threshold-schema.ts';
import { tls } from './tls-schema.ts';

const MAX_SEED = 2 ** 32 - 1;
const PLATFORM_NAMES = PLATFORMS.map(({ name }) => name);
const PLATFORM_TITLES = PLATFORMS.map(({ name, title }) => `${name} is ${title}`).join(', ');

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
      description: `embedded (the stand-in that comes with the tool), list (what the device list says, as the console’s MQTT parameters do), a URL (${PROTOCOLS.map((protocol) => `${protocol}://`).join(' ')}), { region: cn-shanghai } or { instance: iot-xxx }`,
    }),
    platform: z
      .enum(PLATFORM_NAMES)
      .prefault(PLATFORMS[0].name)
      .meta({ description: `Whose rules hold: ${PLATFORM_TITLES}` }),
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
    ...sessionShape,
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
  return keysOf(platform, method, authOf(platform, method))
    .superRefine(rule(checkSession))
    .transform(
      ({
        hold,
        gracefulStop,
        reconnect,
        auth,
        clean,
        sessionExpiry,
        topicAlias,
        will,
        $schema: _,
        ...rest
      }) => ({
        ...rest,
        ...auth,
        ...sessionOf({ clean, sessionExpiry, topicAlias, protocol: rest.protocol }),
        ...(will === undefined ? {} : { will }),
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
  /** The same with the columns that the settings name. */
  columns: LoginMethod;
  given: AuthDraft['given'];
} {
  const { auth, platform: name } = (value ?? {}) as { auth?: unknown; platform?: unknown };
  const platform = platformOf(typeof name === 'string' ? { platform: nearest(name, PLATFORM_NAMES) } : {});
  const method = methodMeant(platform, auth);
  const { data } = authOf(platform, method).safeParse(auth);
  const columns = data === undefined ? method : withColumns(method, data.auth);
  return { platform, method, columns, given: data?.given ?? {} };
}

/** The schema of scenarios of any platform: what an editor is told. Made by who asks for it: reading a scenario has no use for it. */
export function editorSchema() {
  return keysOf(PLATFORMS[0], { names: [] }, anyAuth());
}
