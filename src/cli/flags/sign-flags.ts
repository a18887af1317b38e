/** The flags of `mqtt-fleet sign`. */
import * as z from 'zod';
import { text } from '../../input/fields.ts';
import { SIGNMETHODS, type Target } from '../../model/scenario.ts';
import { parseClientId } from '../../platform/aliyun/signing/client-id.ts';
import { defaultsOf, SDK_NAMES } from '../../platform/aliyun/signing/sdks.ts';
import { listOf, onOff, secretFile, someText } from './flag-fields.ts';
import { flags, type Values } from './flags.ts';
import { checkPairs, describedLogin } from './sign-login.ts';

const DEFAULT_REGION = 'cn-shanghai';

/** The user name is <DeviceName>&<ProductKey>: an & within either could not be told from the one between them. */
const aName = () =>
  someText().refine((name) => !name.includes('&'), { error: 'is not a name (it holds an &)' });

const PAIR = /^([^=]+)=(.*)$/s;
const aPair = () =>
  text().transform((given, context): [name: string, value: string] => {
    const [, name, value] = PAIR.exec(given) ?? [];
    if (name !== undefined && value !== undefined) return [name, value];
    context.addIssue({ code: 'custom', message: 'is not of the form name=value' });
    return z.NEVER;
  });

/** What --sent-client-id says comes before a default: the flags that it may speak of have theirs filled in later. */
export const SIGN_FLAGS = flags({
  productKey: aName().meta({ description: 'ProductKey' }),
  deviceName: aName().meta({ description: 'DeviceName' }),
  secretFile: secretFile('--secret-file', 'DeviceSecret').optional().meta({
    description: 'File with the DeviceSecret; else the environment variable DEVICE_SECRET is read',
  }),
  clientId: text()
    .optional()
    .meta({ description: 'Free part of the client id', shownDefault: '<ProductKey>.<DeviceName>' }),
  timestamp: someText().optional().meta({ description: 'now, omit, or a number', shownDefault: 'now' }),
  signmethod: z
    .enum(SIGNMETHODS)
    .optional()
    .meta({ description: 'Hash of the HMAC', shownDefault: 'hmacsha1' }),
  sdk: z.enum(SDK_NAMES).optional().meta({
    description:
      'As that SDK or the console does it, as `auth.sdk` of a scenario; other flags come before it',
  }),
  param: listOf(aPair()).meta({ description: 'A pair more in the client id, as ext=1; repeatable' }),
  order: someText()
    .transform((given) => given.split(','))
    .optional()
    .meta({ description: 'Order of the pairs, as timestamp,securemode; those not named follow' }),
  hex: z
    .enum(['lower', 'upper'])
    .optional()
    .meta({ description: 'Case of the password’s digits', shownDefault: 'lower' }),
  tls: z.boolean().optional().meta({
    description: 'TLS (securemode 2); --no-tls is plain TCP (securemode 3)',
    shownDefault: 'true',
  }),
  region: someText()
    .optional()
    .meta({ description: 'Region of a legacy public instance', shownDefault: DEFAULT_REGION }),
  instance: someText().optional().meta({ description: 'Id of an instance that has its own host' }),
  explain: text().optional().meta({
    description:
      'A password: is it right (exit code 0), or which mistake made it (exit code 99)? PRODUCT_SECRET is read too, where it is set',
  }),
  sentClientId: text().optional().meta({
    description: 'With --explain: the whole client id the device sent, with its |...| part',
  }),
  sentUsername: text().optional().meta({ description: 'With --explain: the user name the device sent' }),
  json: onOff('Print JSON'),
})
  .rule(['secretFile'], ({ secretFile }, complain, { DEVICE_SECRET }) => {
    if (secretFile === undefined && !DEVICE_SECRET) complain([], 'no DeviceSecret', WHERE_A_SECRET_IS);
  })
  .rule(['region', 'instance'], ({ region, instance }, complain) => {
    if (region !== undefined && instance !== undefined)
      complain([], '--region and --instance are mutually exclusive');
  })
  .rule(['sentClientId', 'sentUsername', 'explain'], ({ sentClientId, sentUsername, explain }, complain) => {
    if (explain !== undefined) return;
    if (sentClientId !== undefined) complain([], '--sent-client-id needs --explain');
    if (sentUsername !== undefined) complain([], '--sent-username needs --explain');
  })
  .rule(
    ['timestamp', 'explain', 'sentClientId', 'sdk'],
    ({ timestamp, explain, sentClientId, sdk }, complain) => {
      const meant = timestamp ?? defaultsOf(sdk).timestamp;
      if (timestamp !== undefined && !/^(?:\d+|now|omit)$/.test(timestamp)) {
        complain([], `--timestamp ${timestamp} is none of now, omit, a number`);
      } else if (meant === 'now' && explain !== undefined && (timestamp ?? sentClientId) === undefined) {
        complain([], '--explain needs the timestamp of the login it explains', WHERE_A_TIMESTAMP_IS);
      } else if (timestamp === 'now' && explain !== undefined) {
        complain([], '--explain needs the timestamp of the login it explains', WHERE_A_TIMESTAMP_IS);
      }
    },
  )
  .rule(['sdk', 'clientId', 'param', 'order', 'timestamp'], checkPairs)
  .rule(
    ['productKey', 'deviceName', 'clientId', 'timestamp', 'signmethod', 'sdk', 'param', 'order', 'hex'],
    (login, complain) => {
      const { mqttClientId } = describedLogin(login, '').credentials;
      const id = parseClientId(mqttClientId);
      if (!id.ok) complain([], `the client id ${mqttClientId} is malformed: ${id.problem}`);
    },
  );

const WHERE_A_SECRET_IS =
  'put it into a file for --secret-file, or into the environment variable DEVICE_SECRET; there is no flag for it';
const WHERE_A_TIMESTAMP_IS =
  'give --timestamp with the number or omit, or --sent-client-id with the whole client id the device sent';

export type SignFlags = Values<typeof SIGN_FLAGS.fields>;

export function signTargetOf(
  { region, instance }: Pick<SignFlags, 'region' | 'instance'>,
  tls: boolean,
): Target {
  return instance === undefined
    ? { kind: 'region', region: region ?? DEFAULT_REGION, tls }
    : { kind: 'instance', instance, tls };
}
