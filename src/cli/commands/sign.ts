/** `mqtt-fleet sign`: one triple's CONNECT parameters, and which mistake made a wrong password. */
import * as z from 'zod';
import { EXIT } from '../../app/exit-code.ts';
import { text } from '../../input/fields.ts';
import { readGivenText } from '../../input/given-file.ts';
import type { Triple } from '../../model/devices/device-table.ts';
import { badInput } from '../../model/errors.ts';
import { SIGNMETHODS, type Signmethod, type Target } from '../../model/scenario.ts';
import { terminalJson, terminalText } from '../../model/terminal-text.ts';
import { aliyun } from '../../platform/aliyun/aliyun.ts';
import { signmethodOf } from '../../platform/aliyun/check/verify.ts';
import { securemodeOf } from '../../platform/aliyun/endpoint.ts';
import { type Explanation, explainPassword } from '../../platform/aliyun/explain/explain.ts';
import { parseClientId } from '../../platform/aliyun/signing/client-id.ts';
import { contentOf, sign, timestampText } from '../../platform/aliyun/signing/credentials.ts';
import { endpointOf } from '../../platform/endpoint.ts';
import type { Command } from '../command.ts';
import { onOff, read, someText } from '../flags/flag-fields.ts';
import { flags, type Values } from '../flags/flags.ts';

const DEFAULT_REGION = 'cn-shanghai';

/** The user name is <DeviceName>&<ProductKey>: an & within either could not be told from the one between them. */
const aName = () =>
  someText().refine((name) => !name.includes('&'), { error: 'is not a name (it holds an &)' });

/** What --sent-client-id says comes before a default: the flags that it may speak of have theirs filled in later. */
const FLAGS = flags({
  productKey: aName().meta({ description: 'ProductKey' }),
  deviceName: aName().meta({ description: 'DeviceName' }),
  secretFile: read(secretIn).optional().meta({
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
  json: onOff('Print JSON'),
})
  .rule(['secretFile'], ({ secretFile }, complain, { DEVICE_SECRET }) => {
    if (secretFile === undefined && !DEVICE_SECRET) complain([], 'no DeviceSecret', WHERE_A_SECRET_IS);
  })
  .rule(['region', 'instance'], ({ region, instance }, complain) => {
    if (region !== undefined && instance !== undefined)
      complain([], '--region and --instance are mutually exclusive');
  })
  .rule(['sentClientId', 'explain'], ({ sentClientId, explain }, complain) => {
    if (sentClientId !== undefined && explain === undefined) complain([], '--sent-client-id needs --explain');
  })
  .rule(['timestamp', 'explain', 'sentClientId'], ({ timestamp, explain, sentClientId }, complain) => {
    if (timestamp === undefined) {
      if (explain === undefined || sentClientId !== undefined) return;
      complain([], '--explain needs the timestamp of the login it explains', WHERE_A_TIMESTAMP_IS);
    } else if (!/^(?:\d+|now|omit)$/.test(timestamp)) {
      complain([], `--timestamp ${timestamp} is none of now, omit, a number`);
    } else if (timestamp === 'now' && explain !== undefined) {
      complain([], '--explain needs the timestamp of the login it explains', WHERE_A_TIMESTAMP_IS);
    }
  })
  .rule(
    ['productKey', 'deviceName', 'clientId', 'timestamp', 'signmethod', 'tls', 'sentClientId'],
    (login, complain) => {
      const { mqttClientId } = loginOf(login, '').credentials;
      const id = parseClientId(mqttClientId);
      if (!id.ok) complain([], `the client id ${mqttClientId} is malformed: ${id.problem}`);
    },
  );

const WHERE_A_SECRET_IS =
  'put it into a file for --secret-file, or into the environment variable DEVICE_SECRET; there is no flag for it';
const WHERE_A_TIMESTAMP_IS =
  'give --timestamp with the number or omit, or --sent-client-id with the whole client id the device sent';

type SignFlags = Values<typeof FLAGS.fields>;

export const signCommand: Command<typeof FLAGS.fields> = {
  usage: 'sign',
  describe: "Print one device's CONNECT parameters, or name the mistake that made a wrong password",
  flags: FLAGS,
  async run(flags, door) {
    const { text, isRight } = signed(flags, door.env);
    door.stdout.write(text);
    // Like a threshold: the check was made, and it failed.
    if (!isRight) door.finish(EXIT.threshold);
  },
};

/** What is printed; `isRight` is false only for a password that was to be explained and is wrong. */
function signed(flags: SignFlags, env: NodeJS.ProcessEnv): { text: string; isRight: boolean } {
  const secret = flags.secretFile?.value ?? env.DEVICE_SECRET!;
  const { triple, tls, credentials, ...how } = loginOf(flags, secret);
  const { host, port } = endpointOf(aliyun, targetOf(flags, tls), triple.productKey);
  const { explain, sentClientId } = flags;
  const explanation =
    explain === undefined
      ? undefined
      : explainPassword(
          triple,
          {
            ...how,
            ...(sentClientId === undefined ? {} : { sentClientId }),
            ...(env.PRODUCT_SECRET ? { productSecret: env.PRODUCT_SECRET } : {}),
          },
          explain,
        );
  const isRight = explanation === undefined || explanation.kind === 'right';
  // `clientId` is the field of CONNECT here, as MQTT calls it.
  const { mqttClientId, username, password } = credentials;
  const content = contentOf(triple, how.timestamp);
  const shown = { content, clientId: mqttClientId, username, password, host, port };
  if (flags.json) {
    const result = { ...shown, tls, explanation };
    return { text: `${terminalJson(result)}\n`, isRight };
  }
  const rows = Object.entries(shown);
  const lines = rows.map(([label, value]) => row(label, String(value)));
  if (explanation) lines.push(...explanationLines(explanation));
  return { text: `${lines.join('\n')}\n`, isRight };
}

type LoginFlags = Pick<
  SignFlags,
  'productKey' | 'deviceName' | 'clientId' | 'timestamp' | 'signmethod' | 'tls' | 'sentClientId'
>;

/** How the device signs in: as the flags say, else as the client id that it sent, else by default. */
function loginOf(flags: LoginFlags, deviceSecret: string) {
  const { productKey, deviceName } = flags;
  const sent = announcedBy(flags.sentClientId);
  const clientId = flags.clientId ?? sent.clientId ?? `${productKey}.${deviceName}`;
  const triple: Triple = { productKey, deviceName, deviceSecret, clientId };
  const signmethod = flags.signmethod ?? sent.signmethod ?? 'hmacsha1';
  const tls = flags.tls ?? sent.tls ?? true;
  const securemode = securemodeOf(tls ? 'mqtts' : 'mqtt');
  const timestamp = timestampOf(flags.timestamp, sent);
  const credentials = sign(triple, signmethod, securemode, timestamp);
  return { triple, tls, signmethod, securemode, timestamp, credentials };
}

function row(label: string, value: string): string {
  return `${label.padEnd(10)}${terminalText(value)}`;
}

function explanationLines(explanation: Explanation): string[] {
  switch (explanation.kind) {
    case 'right':
      return [row('verdict', 'right: this is the password of that client id')];
    case 'mistake':
      return [row('verdict', `wrong: ${explanation.mistake}`), row('', explanation.explanation)];
    case 'unknown':
      return [
        row('verdict', 'wrong, by no mistake known here; to check:'),
        ...explanation.hints.map((hint) => row('', hint)),
      ];
  }
}

interface Announced {
  clientId?: string;
  signmethod?: Signmethod;
  tls?: boolean;
  /** Present and undefined where the client id carries none. */
  timestamp?: string | undefined;
}

/** What a client id on the wire tells of the login, as far as it can be read. */
function announcedBy(sentClientId: string | undefined): Announced {
  if (sentClientId === undefined) return {};
  const id = parseClientId(sentClientId);
  if (!id.ok) return { timestamp: undefined };
  const signmethod = signmethodOf(id.params.get('signmethod'));
  return {
    clientId: id.clientId,
    ...(signmethod ? { signmethod } : {}),
    tls: id.params.get('securemode') !== '3',
    timestamp: id.params.get('timestamp'),
  };
}

function timestampOf(timestamp: string | undefined, sent: Announced): string | undefined {
  if (timestamp === undefined && 'timestamp' in sent) return sent.timestamp;
  if (timestamp === 'omit') return undefined;
  return timestamp === undefined || timestamp === 'now' ? timestampText('now', Date.now()) : timestamp;
}

function targetOf({ region, instance }: SignFlags, tls: boolean): Target {
  return instance === undefined
    ? { kind: 'region', region: region ?? DEFAULT_REGION, tls }
    : { kind: 'instance', instance, tls };
}

/** A secret has 32 characters. */
const MAX_SECRET_BYTES = 4096;

/** Editors and `echo` end the file with a newline that is no part of the secret. */
async function secretIn(file: string): Promise<string> {
  const given = await readGivenText(file, MAX_SECRET_BYTES);
  const secret = 'text' in given ? given.text.replace(/[\r\n]+$/, '') : undefined;
  if (secret) return secret;
  // The name is not repeated: who takes the flag for one of the secret has written the secret there.
  if (!('wrong' in given))
    throw badInput([{ file: '--secret-file', message: 'the file is empty', hint: WHERE_A_SECRET_IS }]);
  const message = given.isMissing ? 'there is no such file' : `the file ${given.wrong}`;
  const hint = 'name a file that holds the DeviceSecret, not the secret itself';
  throw badInput([{ file: '--secret-file', message, hint }]);
}
